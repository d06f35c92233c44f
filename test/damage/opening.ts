/** What opening a log for writing makes of it: it is refused, or goes on behind everything that there ever was. */
import { RingwalError } from '../../src/errors.ts'
import type { ReadPorts } from '../../src/read/log-view.ts'
import { recoverLog } from '../../src/wal/recovery.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { SeededRandom } from '../support/seeded-random.ts'

/**
 * @param taken the highest LSN that was proven durable, or can be read
 * @returns what is wrong
 * @throws what the opening throws
 */
export function openAtRandom(ports: ReadPorts, taken: number, random: SeededRandom): string | undefined {
  const recover = random.pick(['strict', 'tail', 'skip-damaged'] as const)
  const settings = { dir: LOG_DIR, recover, verifyBytes: Number.POSITIVE_INFINITY, useBigInt64: undefined }
  const { resume } = recoverLog({ ...ports, clock: new ManualClock() }, settings)
  return resume.nextLsn > taken
    ? undefined
    : `an opening (${recover}) goes on at LSN ${resume.nextLsn}, and LSN ${taken} was given out`
}

/** Whether an opening may refuse so. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RingwalError && ['ERR_RINGWAL_DAMAGED', 'ERR_RINGWAL_SEGMENTS'].includes(error.code)
}
