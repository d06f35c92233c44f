/** Looks, before each call of the file system that follows a change, at what a power cut at that moment can leave. */
import { LOG_DIR } from '../support/log-harness.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { type DiskCall, LOOKS } from '../support/simulated-disk-calls.ts'
import { type CrashChoice, dropAll, keepAll, Odometer, randomChoice } from '../support/simulated-disk-crash.ts'
import { type LogModel, StateChecker } from '../wal/log-model.ts'
import { type Answers, RecordedChoice, ReplayedChoice } from './recorded-choice.ts'

/** How many states are drawn at a moment that has more than as many. */
export interface Sampling {
  /** Of whole sectors, and with torn ones. */
  readonly whole: number
  readonly torn: number
}

/** One crash of a life: before which call, and what it left. */
export interface CrashPoint {
  readonly call: number
  readonly answers: Answers
  /** Of the further crashes that came of it. */
  readonly seed: number
}

/** A state that broke a promise. */
export class CrashFailure extends Error {
  readonly at: CrashPoint

  constructor(at: CrashPoint, cause: unknown) {
    super(`power cut before call ${at.call}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.at = at
  }
}

/** Places at which a sector is torn where all combinations are looked at. */
const TEARS: readonly (readonly number[])[] = [
  Array.from({ length: 63 }, (_, i) => 8 * (i + 1)),
  [1, 8, 12, 40, 128, 256, 384, 504, 511],
  [8, 256, 504],
  [256],
]

export class CrashWatch {
  readonly checker: StateChecker = new StateChecker()
  /** Calls of the file system so far. */
  calls = 0
  /** Moments at which every state of whole sectors was checked. */
  whole = 0
  moments = 0
  private readonly seed: number
  private readonly sampling: Sampling
  private readonly only: CrashPoint | undefined
  private hasChanged = true

  /** @param only to look at this one crash and at no other */
  constructor(seed: number, sampling: Sampling, only?: CrashPoint) {
    this.seed = seed
    this.sampling = sampling
    this.only = only
  }

  /** The disk is another one, or records are: nothing that was checked can be relied on. */
  forget(): void {
    this.checker.forget()
    this.hasChanged = true
  }

  /** @throws CrashFailure */
  beforeCall(disk: SimulatedDisk, { operation, how }: DiskCall, model: LogModel): void {
    const call = this.calls++
    if (this.only !== undefined) {
      if (this.only.call === call) this.look(disk, new ReplayedChoice(this.only.answers), model, this.only.seed)
    } else if (this.hasChanged) {
      this.lookAtMany(disk, model)
    }
    this.hasChanged = operation === 'open' ? how === 'create' : operation !== 'close' && !LOOKS.includes(operation)
  }

  private lookAtMany(disk: SimulatedDisk, model: LogModel): void {
    const { whole, torn } = this.sampling
    const random = new SeededRandom(this.seed * 0x1_0000_0000 + this.calls)
    this.moments++
    const all = new RecordedChoice(keepAll)
    this.check(disk.crash(all), all, model)
    if (all.combinations() <= whole) {
      this.whole++
      this.lookAtAll(disk, all, model)
    } else {
      this.look(disk, dropAll, model)
      for (let i = 0; i < whole; i++) this.look(disk, randomChoice(random.uint32()), model)
    }
    if (all.sectors.length === 0) return
    for (let i = 0; i < torn; i++) this.look(disk, randomChoice(random.uint32(), 0.5), model)
  }

  /** Every combination; of those with torn sectors as many places as there is room for. */
  private lookAtAll(disk: SimulatedDisk, all: RecordedChoice, model: LogModel): void {
    const { whole } = this.sampling
    const tears = TEARS.find((places) => all.combinations(places.length) <= whole) ?? []
    const every = new Odometer(tears)
    // Answers can bring further questions with them.
    for (let i = 0; i === 0 || (every.next() && i < 2 * whole); i++) this.look(disk, every, model)
  }

  private look(disk: SimulatedDisk, choice: CrashChoice, model: LogModel, seed?: number): void {
    const recorded = new RecordedChoice(choice)
    this.check(disk.crash(recorded), recorded, model, seed)
  }

  private check(
    state: SimulatedDisk,
    { answers }: RecordedChoice,
    model: LogModel,
    seed: number = this.seed + this.checker.checked,
  ): void {
    // A crash before the directory of the log was durable leaves no log.
    if (model.durable === 0 && state.statPath(LOG_DIR) === undefined) return
    try {
      this.checker.check(state, model, seed)
    } catch (cause) {
      throw new CrashFailure({ call: this.calls - 1, answers, seed }, cause)
    }
  }
}
