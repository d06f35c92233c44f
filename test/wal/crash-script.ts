/**
 * A random life of a log, drawn from a seed: appends, batches, flushes, rotations, truncations, closes, deaths of the
 * process, power cuts and failing calls. Before every call of the file system some of the states that a power cut could leave at that
 * moment are recovered and checked.
 */
import { createKernelMemory } from '../../src/format/index.ts'
import { STATE_POISONED } from '../../src/wal/control.ts'
import { type HarnessSettings, LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { crashStates, randomChoice } from '../support/simulated-disk-crash.ts'
import type { Fault } from '../support/simulated-disk-faults.ts'
import { checkCrashState, type ModelRecord } from './log-model.ts'

export interface ScriptSettings {
  readonly steps: number
  /** Crash states at each call: some of whole sectors, and some with torn ones. */
  readonly whole: number
  readonly torn: number
  /** A life that gives up most of what it wrote, soon after, so that files are used again and again. */
  readonly isRecycling?: boolean
}

export interface ScriptResult {
  readonly calls: number
  readonly states: number
  readonly openings: number
  /** How often a planned fault met its call. */
  readonly faults: number
  /** Segments retired, and segments begun in the file of a retired one. */
  readonly retired: number
  readonly recycled: number
}

const FAILING: readonly Operation[] = [
  'write',
  'syncData',
  'syncAll',
  'syncDirectory',
  'close',
  'open',
  'rename',
  'link',
  'remove',
]
const memory = createKernelMemory(1 << 16)

/** @throws an error that names seed, step and call, if a state breaks rule R1 */
export function runCrashScript(seed: number, settings: ScriptSettings): ScriptResult {
  return new CrashScript(seed, settings).run()
}

class CrashScript {
  private readonly seed: number
  private readonly settings: ScriptSettings
  private readonly random: SeededRandom
  private readonly harness: HarnessSettings
  private disk: SimulatedDisk = new SimulatedDisk({ recordCalls: false })
  private log: LogHarness | undefined
  private records: ModelRecord[] = []
  /** What was durable before the log was opened this time. */
  private floor = 0
  /** What is below it was given up. */
  private cut = 1
  /** A truncation under way: what is left of it. */
  private retiring: Generator<undefined, unknown> | undefined
  /** Kept, as the code under test may catch what is thrown inside a call. */
  private broken: CrashFailure | undefined
  private failing: { operation: Operation; after: number } | undefined
  private at = 0
  private calls = 0
  private states = 0
  private openings = 0
  private faults = 0
  private retired = 0
  private recycled = 0

  constructor(seed: number, settings: ScriptSettings) {
    this.seed = seed
    this.settings = settings
    this.random = new SeededRandom(seed)
    const { isRecycling = false } = settings
    this.harness = {
      policy: this.random.pick(['always', 'interval', 'never'] as const),
      everyMs: 20,
      segmentBytes: this.random.pick(isRecycling ? [8192] : [8192, 12288, 32768]),
      ringBytes: 16384,
      spareSegments: isRecycling ? this.random.between(1, 2) : this.random.below(3),
      seed,
      memory,
    }
  }

  run(): ScriptResult {
    this.watch()
    this.open()
    for (this.at = 1; this.at <= this.settings.steps; this.at++) this.act()
    this.countSegments()
    const { calls, states, openings, faults, retired, recycled } = this
    return { calls, states, openings, faults, retired, recycled }
  }

  private get durable(): number {
    return Math.max(this.floor, this.log?.durable ?? 0)
  }

  private act(): void {
    if (this.settings.isRecycling && this.random.chance(0.75)) this.recycle()
    else this.actAtRandom()
    if (this.broken !== undefined) throw this.broken
  }

  /** Fills what is left of a segment, gives up what was before, and has the file ready for the next. */
  private recycle(): void {
    const log = this.log!
    for (let i = this.random.between(1, 4); i > 0 && !log.writer.finished; i--) {
      this.append(1, 1200)
      log.step()
    }
    if (this.random.chance(0.7)) log.flush()
    if (!log.writer.finished) this.truncate(log)
    for (let i = this.random.below(4); i > 0; i--) log.spares?.step()
    if (log.writer.finished) this.checkEnd()
  }

  private actAtRandom(): void {
    const log = this.log!
    const { random } = this
    const draw = random.below(100)
    if (draw < 35) this.append(1)
    else if (draw < 45) this.append(random.between(2, 5))
    else if (draw < 66) log.step()
    else if (draw < 73) log.spares?.step()
    else if (draw < 77) this.truncate(log)
    else if (draw < 84) log.clock.advance(random.below(25))
    else if (draw < 88) log.control.requestFlush(log.appender.lastLsn)
    else if (draw < 90) thrownBy(() => log.close())
    else if (draw < 92) this.reopen(this.disk.processDeath())
    else if (draw < 94) this.reopen(this.disk.crash(randomChoice(random.uint32(), 0.3)))
    else this.failing = { operation: random.pick(FAILING), after: random.below(4) }
    if (this.log!.writer.finished) this.checkEnd()
  }

  /** A truncation, or one piece of it, so that appends and spares come in between. */
  private truncate(log: LogHarness): void {
    if (this.retiring === undefined) {
      const lsn = this.settings.isRecycling ? log.durable + 1 : this.random.between(0, log.durable + 1)
      this.cut = Math.max(this.cut, lsn)
      this.retiring = log.retirer.truncateBefore(lsn)
    }
    const isWhole = this.random.chance(0.6)
    const error = thrownBy(() => {
      do {
        if (this.retiring!.next().done) this.retiring = undefined
      } while (isWhole && this.retiring !== undefined)
    })
    if (error === undefined) return
    this.retiring = undefined
    // The writer learns of it by itself.
    if (log.control.state === STATE_POISONED) log.step()
    else if (!isRefusedCall(error)) throw this.failure('a truncation', error)
  }

  /** A log that ended is opened again: after a clean close, or with what a failure left in the page cache. */
  private checkEnd(): void {
    const { durable, control, writer } = this.log!
    if (control.state === STATE_POISONED && writer.step()) throw this.failure('a poisoned log goes on', undefined)
    this.floor = Math.max(this.floor, durable)
    this.reopen(
      this.random.chance(0.7) ? this.disk.processDeath() : this.disk.crash(randomChoice(this.random.uint32())),
    )
  }

  private append(count: number, longest: number = this.random.chance(0.1) ? 3000 : 400): void {
    const { appender } = this.log!
    const records = Array.from({ length: count }, (_, i) => {
      const stamp = this.at * 16 + i
      const bytes = payload(this.random.below(longest), stamp)
      return { bytes, type: stamp & 0xffff, continues: i < count - 1, time: BigInt(stamp) }
    })
    const refusal = thrownBy(() => appender.appendBytesBatch(records)) as { code?: string } | undefined
    if (refusal === undefined) this.records.push(...records)
    else if (!['ERR_RINGWAL_FULL', 'ERR_RINGWAL_TOO_LARGE'].includes(String(refusal.code))) throw refusal
  }

  private countSegments(): void {
    const counts = this.log!.control.readCounts()
    this.retired += counts.retiredSegments
    this.recycled += counts.recycledSegments
  }

  private reopen(disk: SimulatedDisk): void {
    this.countSegments()
    this.floor = this.durable
    this.disk.faults = undefined
    this.log = undefined
    this.retiring = undefined
    this.disk = disk
    this.watch()
    this.open()
  }

  /** Opens; an opening that meets a fault is tried again by the next process, as an operator would. */
  private open(): void {
    for (;;) {
      const error = thrownBy(() => {
        this.log = LogHarness.open(this.disk, { ...this.harness, seed: this.random.uint32() })
      })
      if (this.broken !== undefined) throw this.broken
      if (error === undefined) break
      if (!isRefusedCall(error)) throw this.failure('opening', error)
      this.disk.faults = undefined
      this.disk = this.disk.processDeath()
      this.watch()
    }
    this.openings++
    const last = this.log!.recovered.resume.nextLsn - 1
    if (this.random.chance(0.7)) this.log!.tidy()
    if (this.broken !== undefined) throw this.broken
    if (last < this.floor || last > this.records.length)
      throw this.failure(`opened at LSN ${last}, durable ${this.floor}`, undefined)
    this.records.length = last
    this.floor = last
  }

  private watch(): void {
    this.disk.faults = {
      onCall: (operation) => {
        this.calls++
        this.checkStates()
        return this.faultOf(operation)
      },
    }
  }

  private checkStates(): void {
    const { whole, torn } = this.settings
    const seed = this.random.uint32()
    const states = whole > 0 ? crashStates(this.disk, whole, seed) : []
    for (let i = 0; i < torn; i++) states.push(this.disk.crash(randomChoice(seed + i, 0.5)))
    states.forEach((state, i) => {
      try {
        // A crash before the directory of the log was durable leaves no log.
        if (state.statPath('/wal') === undefined && this.durable === 0) return
        const { records, durable, cut } = this
        this.states += checkCrashState(state, { records, durable, cut }, seed + i)
      } catch (error) {
        this.broken ??= this.failure(`state ${i}`, error)
      }
    })
  }

  private faultOf(operation: Operation): Fault | undefined {
    if (this.failing?.operation !== operation || this.failing.after-- > 0) return undefined
    this.failing = undefined
    this.faults++
    const errno = this.random.pick(['EIO', 'ENOSPC'])
    return { errno, survivors: randomChoice(this.random.uint32(), 0.3), progress: this.random.below(600) }
  }

  private failure(what: string, cause: unknown): CrashFailure {
    const why = cause instanceof Error ? cause.message : ''
    return new CrashFailure(`seed ${this.seed}, step ${this.at}, call ${this.calls}, ${what}: ${why}`, { cause })
  }
}

/** A broken promise, as against an error of the product on its way out of a call. */
export class CrashFailure extends Error {}

/** Whether an opening failed because a call did. */
function isRefusedCall(error: unknown): boolean {
  const { code, class: kind } = error as { code?: string; class?: string }
  return code === 'ERR_RINGWAL_IO' || kind === 'unreadable'
}
