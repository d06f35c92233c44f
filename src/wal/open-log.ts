import type { RingProducer } from '../ring/index.ts'
import type { AppenderSettings } from './appender.ts'
import type { LogControl } from './control.ts'
import { examineInThread } from './examiner-thread.ts'
import { reasonsOf } from './obstacles.ts'
import type { ResolvedOptions } from './options.ts'
import type { RecoverMode, RecoveryReport } from './recovery-report.ts'
import { startLog } from './start-log.ts'
import { stillLog } from './still-log.ts'
import type { LogThreads } from './threads.ts'

/** An open log: what opening found, and a way into its ring. */
export interface OpenLog {
  /** Undefined for a log that takes no records. */
  readonly threads: LogThreads | undefined
  readonly report: RecoveryReport
  readonly control: LogControl
  readonly producer: RingProducer
  readonly settings: AppenderSettings
  /** The last LSN that is there. */
  readonly lastLsn: number
}

/** Opens a log that takes no records: to be read only, or for observation. Not a byte is written, and no thread stays. */
export async function openStill(dir: string, options: ResolvedOptions): Promise<OpenLog> {
  return stillLog(dir, options, await examineInThread(dir, options))
}

/**
 * Opens a log whose lock is held: at work or, by the choice of `observe`, for observation.
 * @throws as recovery does
 */
export async function openForWriting(dir: string, options: ResolvedOptions, recover: RecoverMode): Promise<OpenLog> {
  if (options.observe === 'always') return openStill(dir, options)
  try {
    return await startLog(dir, options, recover)
  } catch (error) {
    const reasons = options.observe === 'damage' ? reasonsOf(error) : undefined
    if (reasons === undefined) throw error
    const report = await examineInThread(dir, options)
    // A fault that has passed by now is a reason all the same.
    return stillLog(dir, options, { ...report, observing: { ...report.observing!, reasons } })
  }
}
