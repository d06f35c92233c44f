import type { SyncPolicy } from '../../src/index.ts'
import type { EventStream } from '../demo/events.ts'

/**
 * What befalls the engine, which is killed under load in each case: nothing more; its log is damaged, and a copy of it is
 * repaired; its directory is gone, and comes back out of the archive that was made meanwhile.
 */
export const DRILL_FAULTS = ['sigkill', 'damaged-copy', 'lost-directory'] as const
export type DrillFault = (typeof DRILL_FAULTS)[number]

export interface DrillPlan {
  readonly fault: DrillFault
  readonly policy: SyncPolicy
  readonly stream: EventStream
  /** Of the damage: where it is. */
  readonly seed: number
  /** How many events must have been acknowledged, and how many milliseconds later the engine is killed; load goes on meanwhile. */
  readonly events: number
  readonly killAfterMs: number
  /** Pause between two runs of the archive, in milliseconds. */
  readonly archiveEveryMs: number
  /** Directory of the drill, which is there and empty. */
  readonly home: string
  /** Kills what runs, and so ends the drill with an error. */
  readonly signal: AbortSignal
  /** Told what is being done. */
  readonly onProgress: (text: string) => void
}

export interface DrillStep {
  readonly name: string
  readonly seconds: number
}

/** What came out. Counts are of events; names are those of `--json`. */
export interface DrillResult {
  readonly fault: DrillFault
  readonly policy: SyncPolicy
  readonly input: string
  /** Log that the engine runs on in the end. */
  readonly walPath: string
  /** Milliseconds since 1970: when the engine was killed. */
  readonly failureMs: number
  readonly loadSeconds: number
  /** Told to be durable before the failure. */
  readonly acknowledged: number
  /** Taken by the engine, and not told to be durable yet. */
  readonly unacknowledged: number
  /** Last LSN of the log after the recovery: how many events came back, if none is missing among them. */
  readonly recovered: number
  /** From the failure until the recovered engine has told that a new record is durable. */
  readonly rtoSeconds: number
  /** Acknowledged events that are not there after the recovery, or are others than were sent. */
  readonly rpoEvents: number
  /** Of the unacknowledged ones, those that are not there. */
  readonly unacknowledgedLost: number
  readonly steps: readonly DrillStep[]
  /** Of the recovered engine's start: opening the log, and replaying it. Milliseconds. */
  readonly openMs: number
  readonly replayMs: number
  /** Places of damage that were made, and that `verify` found; 0 where the fault is another. */
  readonly damageMade: number
  readonly damageFound: number
  /** Orders that are not over, in the rebuilt state; and whether that is the state which the recovered events make. */
  readonly orders: number
  readonly stateEqual: boolean
  /** What is not as it was sent, the first that was met; null if nothing. */
  readonly problem: string | null
}
