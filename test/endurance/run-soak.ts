import { setTimeout } from 'node:timers/promises'
import { readWal, verifyLog } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SoakChild } from './child.ts'
import { type Flatness, judgeFlatness } from './flatness.ts'
import { Owed } from './owed.ts'
import { type EngineOrder, KEPT_RECORDS, SEGMENT_BYTES } from './protocol.ts'
import { RecordOrder } from './record.ts'
import { type DiskSample, type ProcessSample, sampleDisk, sampleProcess } from './sample.ts'

export interface SoakPlan {
  /** Directory of the log; empty, or not there yet. */
  readonly dir: string
  readonly budgetMs: number
  readonly seed: number
  readonly sampleMs: number
  /** Told at every sample. */
  readonly onSample?: (progress: SoakTotals, disk: DiskSample) => void
}

export interface SoakTotals {
  seconds: number
  lives: number
  kills: number
  closes: number
  /** Openings that met a torn tail. */
  tornTails: number
  acknowledgements: number
  lastLsn: number
  /** Records that the follower read, and LSNs that were retired before it came to them. */
  followed: number
  retired: number
  /** Readings that the second reader began. */
  readings: number
  /** Retirements that took segments. */
  cuts: number
  filesMax: number
  bytesMax: number
}

export interface SoakResult extends SoakTotals {
  /** Of the long life in the middle. */
  readonly engine: Flatness
  /** Of the process with the readers, over the whole run. */
  readonly reader: Flatness
}

/** Something did not hold. */
export class SoakFault extends Error {}

const SPARES_MAX = 3
/** No record of the soak takes more. */
const RECORD_BYTES_MAX = 464
/**
 * What is kept may be that of all records at their longest, in whole segments; then the one being written, the one that is
 * retired, spare ones, retired ones that wait to be used again, and what comes in between two retirements.
 */
const BYTES_MAX = KEPT_RECORDS * RECORD_BYTES_MAX + (6 + 2 * SPARES_MAX) * SEGMENT_BYTES
/** A file for each segment; a life that ended early leaves a short one. */
const OTHER_FILES_MAX = 40
const SHORT_LIFE_MS_MIN = 600
const SHORT_LIFE_MS_MAX = 8000
const PATIENCE_MS = 60_000

/**
 * Runs an engine that appends, rotates, retires and recycles, with readers beside it in a process of their own. Its lives
 * end by SIGKILL, or one in four by a clean close; half of the time, in the middle, is one long life.
 * @throws SoakFault
 */
export async function runSoak(plan: SoakPlan): Promise<SoakResult> {
  const soak = new Soak(plan)
  try {
    return await soak.run()
  } finally {
    await soak.dispose()
  }
}

class Soak {
  private readonly plan: SoakPlan
  private readonly random: SeededRandom
  private readonly started = performance.now()
  private readonly totals: SoakTotals = {
    ...{ seconds: 0, lives: 0, kills: 0, closes: 0, tornTails: 0, acknowledgements: 0, lastLsn: 0, followed: 0 },
    ...{ retired: 0, readings: 0, cuts: 0, filesMax: 0, bytesMax: 0 },
  }
  private engine: SoakChild | undefined
  private reader: SoakChild | undefined
  private readerLsn = 0
  /** Samples of the life of the engine at hand, and of the readers. */
  private engineSamples: ProcessSample[] = []
  private readonly readerSamples: ProcessSample[] = []
  private readonly owed = new Owed()
  private isOpen = false
  private nextSampleAt = 0

  constructor(plan: SoakPlan) {
    this.plan = plan
    this.random = new SeededRandom(plan.seed)
  }

  async run(): Promise<SoakResult> {
    const { budgetMs } = this.plan
    await this.liveUntil(budgetMs / 4)
    await this.live(budgetMs / 2, 'SIGKILL')
    const engine = judgeFlatness(this.engineSamples)
    await this.liveUntil(budgetMs)
    await this.live(SHORT_LIFE_MS_MIN, 'close')
    await this.catchUp()
    await this.checkLog()
    const reader = judgeFlatness(this.readerSamples)
    const faults = [...engine.faults.map((one) => `engine: ${one}`), ...reader.faults.map((one) => `reader: ${one}`)]
    if (faults.length > 0) throw new SoakFault(faults.join('; '))
    return { ...this.totals, engine, reader }
  }

  async dispose(): Promise<void> {
    for (const child of [this.engine, this.reader]) if (child?.isAlive) await child.kill()
  }

  private get elapsedMs(): number {
    return performance.now() - this.started
  }

  /** Short lives, until so much of the run has passed. */
  private async liveUntil(ms: number): Promise<void> {
    while (this.elapsedMs < ms) {
      const [min, max] = [SHORT_LIFE_MS_MIN, Math.min(SHORT_LIFE_MS_MAX, this.plan.budgetMs / 8)]
      const lifeMs = this.random.between(min, Math.max(min, Math.min(max, ms - this.elapsedMs)))
      await this.live(lifeMs, this.random.chance(0.25) ? 'close' : 'SIGKILL')
    }
  }

  private async live(ms: number, end: 'close' | 'SIGKILL'): Promise<void> {
    const { totals } = this
    const engine = this.startEngine()
    await this.until(() => this.isOpen, PATIENCE_MS, 'the log was not open in time')
    this.reader ??= this.startReader()
    await this.pass(ms)
    if (end === 'SIGKILL') {
      await engine.kill()
      totals.kills++
    } else {
      const code = await engine.end()
      totals.closes++
      if (code !== 0 || this.owed.closedAt === undefined)
        throw new SoakFault(engine.failure ?? `a close ended with ${code}`)
    }
    if (engine.failure !== undefined) throw new SoakFault(engine.failure)
    const fault = await this.owed.missingIn(this.plan.dir, totals.lives)
    if (fault !== undefined) throw new SoakFault(fault)
  }

  private startEngine(): SoakChild {
    const { dir, seed } = this.plan
    const { totals, random } = this
    totals.lives++
    this.engineSamples = []
    this.isOpen = false
    const order: EngineOrder = {
      ...{ dir, seed, life: totals.lives },
      policy: random.pick(['always', 'interval', 'interval']),
      spareSegments: random.between(1, SPARES_MAX),
    }
    this.engine = new SoakChild('engine', [JSON.stringify(order)], (word, numbers) => this.hearEngine(word, numbers))
    return this.engine
  }

  private hearEngine(word: string, [a = 0, b = 0, c = 0]: readonly number[]): void {
    const { totals, owed } = this
    if (word === 'ack') {
      owed.acknowledge({ lsn: a, producer: b, counter: c })
      totals.acknowledgements++
      totals.lastLsn = Math.max(totals.lastLsn, a)
    } else if (word === 'open') {
      const isTorn = c > 0
      const fault = owed.opened(b, isTorn)
      if (fault !== undefined) this.engine!.failure ??= fault
      if (isTorn) totals.tornTails++
      this.isOpen = true
    } else if (word === 'closed') owed.close(a)
    else if (word === 'cut') totals.cuts++
  }

  private startReader(): SoakChild {
    return new SoakChild(
      'reader',
      [this.plan.dir, String(this.plan.seed)],
      (_, [at = 0, read = 0, retired = 0, begun = 0]) => {
        this.readerLsn = at
        Object.assign(this.totals, { followed: read, retired, readings: begun })
      },
    )
  }

  private async pass(ms: number): Promise<void> {
    const end = performance.now() + ms
    await this.until(() => performance.now() >= end, Number.POSITIVE_INFINITY, '')
  }

  /** Waits, and samples meanwhile. @throws SoakFault if it takes too long, or a process fails */
  private async until(isDone: () => boolean, patienceMs: number, what: string): Promise<void> {
    const limit = performance.now() + patienceMs
    while (!isDone()) {
      if (performance.now() > limit) throw new SoakFault(what)
      for (const child of [this.engine, this.reader]) {
        if (child === undefined || (child.isAlive && child.failure === undefined)) continue
        throw new SoakFault(child.failure ?? 'a process ended by itself')
      }
      if (performance.now() >= this.nextSampleAt) this.sample()
      await setTimeout(20)
    }
  }

  private sample(): void {
    const { plan, totals } = this
    this.nextSampleAt = performance.now() + plan.sampleMs
    totals.seconds = this.elapsedMs / 1000
    const engine = this.isOpen ? sampleProcess(this.engine!.pid, totals.seconds) : undefined
    const reader = this.reader && sampleProcess(this.reader.pid, totals.seconds)
    if (engine !== undefined) this.engineSamples.push(engine)
    if (reader !== undefined) this.readerSamples.push(reader)
    if (!this.isOpen) return
    const disk = sampleDisk(plan.dir)
    totals.filesMax = Math.max(totals.filesMax, disk.files)
    totals.bytesMax = Math.max(totals.bytesMax, disk.bytes)
    if (disk.bytes > BYTES_MAX) throw new SoakFault(`${disk.bytes} bytes in the directory, more than ${BYTES_MAX}`)
    const filesMax = BYTES_MAX / SEGMENT_BYTES + OTHER_FILES_MAX
    if (disk.files > filesMax) throw new SoakFault(`${disk.files} files in the directory, more than ${filesMax}`)
    plan.onSample?.(totals, disk)
  }

  /** The follower comes to the last record of the closed log. */
  private async catchUp(): Promise<void> {
    this.engine = undefined
    this.isOpen = false
    const last = this.owed.closedAt!
    await this.until(() => this.readerLsn >= last, PATIENCE_MS, `the reader is at LSN ${this.readerLsn} of ${last}`)
    const code = await this.reader!.end()
    if (code !== 0) throw new SoakFault(this.reader!.failure ?? `the reader ended with ${code}`)
    if (this.readerLsn !== last) throw new SoakFault(`the reader has LSN ${this.readerLsn}, and ${last} was the last`)
  }

  /** What is left verifies, and is in order to its end. */
  private async checkLog(): Promise<void> {
    const { dir } = this.plan
    const report = await verifyLog(dir)
    if (!report.ok) throw new SoakFault(`verify finds damage: ${JSON.stringify(report.damage)}`)
    const order = new RecordOrder()
    for await (const { lsn, bytes } of readWal(dir)) order.enter(lsn, bytes)
    const last = this.owed.closedAt!
    if (order.next !== last + 1) throw new SoakFault(`the log ends before LSN ${order.next}, and was closed at ${last}`)
    this.totals.lastLsn = last
  }
}
