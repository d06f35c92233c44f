import { FRAME_HEADER_BYTES, HEADER_PAGE_BYTES } from '../format/index.ts'
import { RingMemory, RingProducer } from '../ring/index.ts'
import { announcePoison } from './announce.ts'
import type { AppenderSettings } from './appender.ts'
import { LogControl } from './control.ts'
import { largestClaim } from './control-layout.ts'
import type { OpenLog } from './open-log.ts'
import type { ResolvedOptions } from './options.ts'
import type { RecoverMode } from './recovery-report.ts'
import { type GoingOn, LogThreads, STEWARD_DIED } from './threads.ts'

/** A log at work. */
export interface LiveLog extends OpenLog {
  readonly threads: LogThreads
}

/**
 * Recovers a log whose lock is held, and starts its threads.
 * @param going for a log that goes on, what it goes on with
 * @throws as recovery does; then they have ended
 */
export async function startLog(
  dir: string,
  options: ResolvedOptions,
  recover: RecoverMode,
  going: GoingOn = { heldLsn: 0 },
): Promise<LiveLog> {
  const threads = new LogThreads(dir, options, recover, going)
  try {
    const opened = await threads.begin(() => endWithSteward(new LogControl(RingMemory.attach(opened.memory))))
    const { nextLsn, useBigInt64, recovery: report } = opened
    const ring = RingMemory.attach(opened.memory)
    const control = new LogControl(ring)
    threads.writer.once('exit', () => announcePoison(dir, control))
    return {
      threads,
      report,
      control,
      producer: RingProducer.first(ring, nextLsn),
      settings: appenderSettings(options, useBigInt64),
      lastLsn: nextLsn - 1,
    }
  } catch (error) {
    await threads.abandon()
    throw error
  }
}

/** Without a steward nobody would notice the death of the other threads: the log must not outlive it. */
function endWithSteward(control: LogControl): void {
  control.poison(STEWARD_DIED)
  // The writer may wait for it to finish a piece of work, or to come back from a sync.
  control.steward.setSpareBusy(0)
  control.steward.setNaming('steward', false)
}

/** What an appender must know of a log with these options. */
export function appenderSettings(options: ResolvedOptions, useBigInt64: boolean): AppenderSettings {
  const { maxRecordBytes, backpressure, waitMs, ringBytes, segmentBytes } = options
  const inSegment = segmentBytes - HEADER_PAGE_BYTES - 4 * FRAME_HEADER_BYTES
  return {
    maxRecordBytes,
    batchBytesMax: Math.min(largestClaim(ringBytes), inSegment),
    backpressure,
    waitMs,
    useBigInt64,
  }
}
