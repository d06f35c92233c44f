/** Faults of the simulated disk: which call fails, how, and how far it got. */
import type { DiskCall, Operation } from './simulated-disk-calls.ts'
import type { CrashChoice } from './simulated-disk-crash.ts'

/** The call throws. A failing sync loses what was unsynced; a failing close has closed all the same, as on Linux. */
export interface Failure {
  /** A name such as `EIO`, or a positive number, also one that the platform has no name for. */
  readonly errno: string | number
  /** The operation takes full effect before it throws. */
  readonly applied?: boolean
  /** Read, write: so many bytes are moved before it throws. */
  readonly progress?: number
  /** Syncs: what had reached the disk before the failure; nothing if absent. */
  readonly survivors?: CrashChoice
}

/** A read or write that lies: it moves so many bytes fewer and reports no error. */
export interface Shortness {
  readonly shortBy: number
}

export type Fault = Failure | Shortness

export interface DiskFaults {
  /**
   * Asked before every call takes effect; may also look at the disk, or fork it.
   * @param callNumber the how-manieth call of this operation on this disk it is, from 1.
   */
  onCall(operation: Operation, callNumber: number, call: DiskCall): Fault | undefined
}

export interface FaultPlan {
  /** Only calls for which this holds are counted; all if absent. */
  readonly when?: (call: DiskCall) => boolean
  readonly operation?: Operation
  /** The counted call that fails, from 1. */
  readonly at: number
  /** All later ones fail too. */
  readonly forever?: boolean
  readonly fault: Fault
}

/** The faults of a plan. `hits` tells a sweep with rising `at` when a run met no fault and the sweep is over. */
export class PlannedFaults implements DiskFaults {
  readonly #plan: FaultPlan
  #counted = 0
  hits = 0

  constructor(plan: FaultPlan) {
    this.#plan = plan
  }

  onCall(operation: Operation, _callNumber: number, call: DiskCall): Fault | undefined {
    const { when, operation: only, at, forever, fault } = this.#plan
    if (only !== undefined && only !== operation) return undefined
    if (when !== undefined && !when(call)) return undefined
    this.#counted++
    if (forever ? this.#counted < at : this.#counted !== at) return undefined
    this.hits++
    return fault
  }
}
