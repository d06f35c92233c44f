import { RingwalError, Wal } from '../../src/index.ts'
import { logBytes } from './disk-files.ts'
import type { LogJob } from './job.ts'
import { loadOf } from './load.ts'

/** One `Wal.open` of a log that is there, in a fresh process, and a clean close behind it. */
export interface OpeningJob {
  readonly kind: 'opening'
  readonly dir: string
}

export interface Opening {
  readonly milliseconds: number
  /** Before it. */
  readonly logBytes: number
}

/** Opens a log that is there, appends some records at full speed, and then one now and then until it is killed. */
export interface VictimJob extends LogJob {
  readonly kind: 'victim'
  readonly records: number
}

/** A victim that nobody kills ends after so many more records. */
const LAST_GASPS = 10_000

export async function measureOpening({ dir }: OpeningJob): Promise<Opening> {
  const bytes = logBytes(dir)
  const started = performance.now()
  const wal = await Wal.open({ dir })
  const milliseconds = performance.now() - started
  await wal.close()
  return { milliseconds, logBytes: bytes }
}

/** @param atWork called when it is time to kill it */
export async function appendUntilKilled(job: VictimJob, atWork: () => void): Promise<never> {
  const wal = await Wal.open({ dir: job.dir, sync: { policy: job.policy } })
  const load = loadOf(job)
  load.appendMany(wal, job.records)
  await wal.flush()
  atWork()
  for (let i = 0; i < LAST_GASPS; i++) {
    load.append(wal)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new RingwalError('ERR_RINGWAL_INTERNAL', 'nobody killed the process', {})
}
