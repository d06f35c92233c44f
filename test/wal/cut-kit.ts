/** A log that is cut behind an LSN, on a simulated disk. */
import { createKernelMemory, type FrameMemory } from '../../src/format/index.ts'
import { cutLog } from '../../src/truncate/truncate-after.ts'
import { checkpoint, keeperOf, wholeCheckpoints } from '../checkpoint/checkpoint-kit.ts'
import { openLog, RECORD_BYTES } from '../retire/retire-kit.ts'
import { checker, LOG_DIR, recover } from '../support/log-harness.ts'
import { eachEntry, payload } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

export const memory: FrameMemory = createKernelMemory(1 << 16)
export const RECORDS = 22

/** A closed log of five full segments and a half, of two openings; with checkpoints of LSN 6 and 18. */
function closedLog(): SimulatedDisk {
  const log = openLog(10)
  const keeper = keeperOf(log)
  checkpoint(keeper, 6)
  log.close()
  const second = openLog(RECORDS - 10, {}, log.disk.processDeath())
  checkpoint(keeperOf(second), 18)
  second.close()
  second.disk.sync()
  return second.disk.processDeath()
}

export const CLOSED: SimulatedDisk = closedLog()

export function cut(disk: SimulatedDisk, lsn: number, epoch = 2): ReturnType<typeof cutLog> {
  return cutLog({ fs: disk, checker, memory }, LOG_DIR, lsn, epoch)
}

/** LSNs of a log, each with the bytes that were appended under it. @throws if one has others */
export function lsnsOf(disk: SimulatedDisk): number[] {
  return [...eachEntry(disk)].map(({ lsn, bytes }) => {
    if (!Buffer.from(bytes).equals(payload(RECORD_BYTES, lsn))) throw new Error(`LSN ${lsn} holds something else`)
    return lsn
  })
}

export function range(to: number): number[] {
  return Array.from({ length: to }, (_, i) => i + 1)
}

/** What is left of a cut behind LSN 7: the whole log, or one that ends at or above it; an opening makes the cut to its end. */
export function check(state: SimulatedDisk, isAsked: boolean): string | undefined {
  const read = lsnsOf(state)
  if (read.length < 7 || read.some((lsn, i) => lsn !== i + 1)) return `read LSN ${read.join(' ')}`
  const { report, epoch } = recover(state, { recover: 'strict' })
  if (report.damage.length > 0 || !report.clean) return `damage ${JSON.stringify(report.damage)}`
  if (epoch !== 3) return `epoch ${epoch}`
  if (report.lastLsn !== RECORDS && report.lastLsn !== 7) return `ends at LSN ${report.lastLsn}`
  if (isAsked && report.lastLsn !== 7) return 'it was not made'
  const kept = wholeCheckpoints(state)
  if (kept.some((lsn) => lsn > report.lastLsn)) return `checkpoints ${kept.join(' ')}`
  return undefined
}
