/**
 * Lives a script: one thread, one clock, one disk; producers, the writer, the steward, readers, each at its turn, and inside
 * the calls of one another. Before every call of the file system that follows a change, crash states are checked.
 */
import { createKernelMemory } from '../../src/format/index.ts'
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { LogHarness } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall, Operation } from '../support/simulated-disk-calls.ts'
import { randomChoice } from '../support/simulated-disk-crash.ts'
import type { Fault } from '../support/simulated-disk-faults.ts'
import { CrashFailure, type CrashPoint, CrashWatch, type Sampling } from './crash-watch.ts'
import type { Decision, LifeScript } from './decision.ts'
import { ringOf } from './life-rings.ts'
import { LiveLog } from './live-log.ts'

export interface LifeResult {
  readonly calls: number
  /** States that were recovered and read, no two of a life alike, and those that had been seen before. */
  readonly states: number
  readonly repeated: number
  readonly moments: number
  readonly wholeMoments: number
  readonly openings: number
  /** How often a planned fault met its call. */
  readonly faults: number
  readonly retired: number
  readonly recycled: number
  /** Records that readers were handed, beside what crash states were read for. */
  readonly inside: number
}

/** A promise was broken. `at` is the crash that shows it, if it was one. */
export class LifeFailure extends Error {
  readonly script: LifeScript
  /** What there was until then. */
  readonly result: LifeResult
  readonly at: CrashPoint | undefined

  constructor(script: LifeScript, where: string, result: LifeResult, cause: unknown) {
    super(`seed ${script.seed}, ${where}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.script = script
    this.result = result
    this.at = cause instanceof CrashFailure ? cause.at : undefined
  }
}

const FAILING: readonly Operation[] = [
  ...(['write', 'syncData', 'syncAll', 'syncDirectory', 'close', 'open', 'rename', 'link', 'remove'] as const),
]
const ERRNOS = ['EIO', 'ENOSPC', 'EINTR', 'EROFS'] as const
const memory = createKernelMemory(1 << 16)

/**
 * @param only to look at this one crash and at no other
 * @throws LifeFailure
 */
export async function live(script: LifeScript, sampling: Sampling, only?: CrashPoint): Promise<LifeResult> {
  return new Life(script, sampling, only).run()
}

class Life {
  private readonly script: LifeScript
  private readonly watch: CrashWatch
  private disk: SimulatedDisk
  private log!: LiveLog
  private openings = 0
  /** Of the wall clock: no two openings see the same time. */
  private hours = 0
  private faults = 0
  private insides = 0
  /** Of logs that have ended. */
  private retired = 0
  private recycled = 0
  private failing: { readonly operation: Operation; after: number; readonly fault: Fault } | undefined
  /** Kept, as the code under test may catch what is thrown inside a call. */
  private broken: unknown
  private where = 'opening'
  /** Decisions under way, each with how many calls it caused so far. */
  private readonly underWay: { readonly decision: Decision; calls: number }[] = []

  constructor(script: LifeScript, sampling: Sampling, only?: CrashPoint) {
    this.script = script
    this.watch = new CrashWatch(script.seed, sampling, only)
    this.disk = new SimulatedDisk({ recordCalls: false, splitRenames: script.settings.splitRenames })
  }

  async run(): Promise<LifeResult> {
    try {
      this.log = new LiveLog()
      this.open()
      for (const [at, decision] of this.script.decisions.entries()) {
        this.where = `decision ${at} (${decision.do})`
        await this.act(decision)
      }
      await this.log.end()
    } catch (error) {
      throw new LifeFailure(this.script, this.where, this.result, this.broken ?? error)
    }
    this.countSegments()
    return this.result
  }

  private get result(): LifeResult {
    const { watch, openings, faults, retired, recycled, insides: inside } = this
    const { checked: states, repeated } = watch.checker
    const { calls, moments, whole: wholeMoments } = watch
    return { calls, states, repeated, moments, wholeMoments, openings, faults, retired, recycled, inside }
  }

  private async act(decision: Decision): Promise<void> {
    const { log } = this
    this.underWay.push({ decision, calls: 0 })
    const [first = 0] = decision.n
    if (decision.do === 'follow') await log.follow(first)
    else if (decision.do === 'kill') await this.reopen(this.disk.processDeath())
    else if (decision.do === 'power') await this.reopen(this.disk.crash(randomChoice(first, 0.3)))
    else if (decision.do === 'fault') this.plan(decision.n)
    else log.act(decision)
    this.underWay.pop()
    if (this.broken !== undefined) throw this.broken
    if (log.harness.writer.finished) await this.goOnAfterEnd()
  }

  private plan([operation = 0, errno = 0, after = 0, progress = 0, applied = 0]: readonly number[]): void {
    const survivors = randomChoice(this.script.seed + progress, 0.3)
    const fault = { errno: ERRNOS[errno]!, survivors, progress, applied: applied === 1 && operation !== 5 }
    this.failing = { operation: FAILING[operation]!, after, fault }
  }

  /** A log that ended is opened again: after a clean close, or with what a failure left in the page cache. */
  private async goOnAfterEnd(): Promise<void> {
    const { control, writer } = this.log.harness
    if (control.state === STATE_POISONED && writer.step()) throw new Error('a poisoned log goes on')
    const random = new SeededRandom(this.script.seed + this.openings)
    const dies = random.chance(0.7)
    await this.reopen(dies ? this.disk.processDeath() : this.disk.crash(randomChoice(random.uint32())))
  }

  private countSegments(): void {
    const counts = this.log.harness.control.counts.readCounts()
    this.retired += counts.retiredSegments
    this.recycled += counts.recycledSegments
  }

  private async reopen(disk: SimulatedDisk): Promise<void> {
    this.countSegments()
    await this.log.end()
    this.disk.faults = undefined
    this.disk = disk
    this.open()
  }

  /** Opens; an opening that meets a fault is tried again by the next process, as an operator would. */
  private open(): void {
    const { policy, segmentBytes, ringBytes, spareSegments } = this.script.settings
    const settings = { policy, segmentBytes, ringBytes, spareSegments, everyMs: 20, memory, ring: ringOf(ringBytes) }
    this.watch.forget()
    this.openings++
    const seed = new SeededRandom(this.script.seed + 7919 * this.openings).uint32()
    let opened: LogHarness | undefined
    while (opened === undefined) {
      this.listen()
      const { faults } = this
      const error = thrownBy(() => {
        opened = LogHarness.open(this.disk, { ...settings, seed, clock: new ManualClock(++this.hours) })
        if (seed % 4 !== 0) opened.tidy()
      })
      if (this.broken !== undefined) throw this.broken
      if (error === undefined) break
      if (this.faults === faults || !isRefusal(error)) throw error
      opened = undefined
      this.disk.faults = undefined
      this.disk = this.disk.processDeath()
    }
    this.log.begin(opened!, this.disk)
    this.watch.forget()
  }

  private listen(): void {
    this.disk.faults = {
      onCall: (operation, _number, call) => {
        if (this.broken === undefined) this.beside(call)
        return this.faultOf(operation)
      },
    }
  }

  /** What happens while a call is under way, before it takes effect. */
  private beside(call: DiskCall): void {
    const under = this.underWay.at(-1)
    const at = under === undefined ? 0 : under.calls++
    try {
      this.watch.beforeCall(this.disk, call, this.log.model)
      this.log.requireMonotonic()
      for (const { call: due, do: decisions } of under?.decision.inside ?? []) {
        if (due === at) for (const decision of decisions) this.actInside(decision)
      }
    } catch (error) {
      this.broken = error
    }
  }

  private actInside(decision: Decision): void {
    if (!this.log.isOpen) return
    this.underWay.push({ decision, calls: 0 })
    if (this.log.act(decision)) this.insides++
    this.underWay.pop()
  }

  /** What a failing call costs a reader is the matter of the fault sweep. */
  private faultOf(operation: Operation): Fault | undefined {
    const actor = this.underWay.at(-1)?.decision.do
    if (actor === 'read' || actor === 'follow') return undefined
    if (this.failing?.operation !== operation || this.failing.after-- > 0) return undefined
    const { fault } = this.failing
    this.failing = undefined
    this.faults++
    return fault
  }
}

/** What an opening may say to a call that failed. */
function isRefusal(error: unknown): boolean {
  return ['ERR_RINGWAL_IO', 'ERR_RINGWAL_DAMAGED'].includes(String((error as { code?: string }).code))
}
