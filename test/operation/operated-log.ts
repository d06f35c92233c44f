/** A log in operation, life after life, and the model of what it holds; every deed may be the last one of a life. */
import { DirectoryTarget } from '../../src/archive/directory-target.ts'
import { RingwalError } from '../../src/errors.ts'
import type { EngineRecord } from '../../tools/demo/engine-record.ts'
import { ARCHIVE } from '../archive/archive-kit.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { type Mood, MoodyTarget } from './moody-target.ts'
import { requireLog, spaceOn } from './week-checks.ts'
import type { WeekCounts } from './week-counts.ts'
import { WeekEngine } from './week-engine.ts'
import { Machines } from './week-machines.ts'
import { StateCursor, type WeekModel } from './week-model.ts'
import { MINUTE_MS, SLACK_BYTES, type WeekSettings } from './week-settings.ts'

/** What an append may be answered with while nothing is wrong. */
const REFUSALS = ['ERR_RINGWAL_RETENTION', 'ERR_RINGWAL_FULL']

/** Deeds that call the archive's disk themselves. */
const OF_THE_ARCHIVE = ['archive', 'full backup', 'close']

export interface OperatedParts {
  readonly settings: WeekSettings
  readonly random: SeededRandom
  readonly clock: ManualClock
  readonly counts: WeekCounts
  readonly model: WeekModel
  /** Of what is appended, in atomic batches. */
  readonly records: Generator<readonly EngineRecord[]>
  /** See `EngineParts`. */
  readonly archivedAhead: number
}

export class OperatedLog {
  machines!: Machines
  target!: MoodyTarget
  engine: WeekEngine | undefined
  /** Whether others are at work in the midst of what is done. */
  isBusy = true
  readonly parts: OperatedParts
  private doing = 'open'
  private readonly cursor: StateCursor

  constructor(parts: OperatedParts, machines: Machines = Machines.empty(parts.random)) {
    this.parts = parts
    this.cursor = new StateCursor(parts.model)
    this.connect(machines, 'fine')
  }

  get isDead(): boolean {
    return this.machines.isDead
  }

  /** The next process starts, again and again where it dies of that. @throws if what it finds can not be */
  start(): void {
    while (this.engine === undefined) {
      this.doing = 'open'
      this.parts.counts.lives++
      const { machines, target } = this
      try {
        const engine = new WeekEngine({ ...this.parts, machines, target })
        if (!machines.isDead) this.requireRecovered(engine)
        this.engine = engine
      } catch (error) {
        if (!machines.isDead) throw error
      }
      this.bury()
    }
  }

  steward(): void {
    this.step('steward', (engine) => engine.steward())
  }

  append(): void {
    this.step('append', (engine) => this.appendTo(engine))
  }

  sync(): void {
    this.step('sync', ({ log }) => log.settle())
  }

  flush(): void {
    this.step('sync', ({ log }) => log.flush())
  }

  checkpoint(): void {
    this.step('checkpoint', (engine) => {
      const { log } = engine
      log.flush()
      const lsn = log.durable
      if (lsn === 0) return
      // The steward is at it; the writer goes on, unless it would wait for the steward.
      engine.checkpoint(this.cursor.at(lsn), lsn, () => {
        if (this.isBusy && !log.control.steward.isNaming('steward') && this.parts.random.chance(0.2)) this.append()
      })
      this.parts.counts.checkpoints++
    })
  }

  /** A minute of the archivist. */
  async archive(): Promise<void> {
    await this.stepSoon('archive', (engine) => engine.pass(MINUTE_MS))
  }

  /** Fails as the archive does, or as the archivist was quicker. */
  async backUpWhole(): Promise<void> {
    // Nobody would wait for one that hangs, and nothing else goes on meanwhile.
    if (this.target.mood === 'hanging') return
    await this.stepSoon('full backup', async (engine) => {
      const error = await engine.backUpWhole().catch((error: unknown) => error)
      if (error === undefined) this.parts.counts.backups++
      else if (this.target.mood === 'fine' && (error as RingwalError).code !== 'ERR_RINGWAL_FENCED') throw error
    })
  }

  async close(): Promise<void> {
    const { machines, parts } = this
    await this.stepSoon('close', (engine) => engine.close())
    if (this.isDead) return
    if (parts.model.acknowledged !== parts.model.lastLsn) throw new Error('closed, and not all is durable')
    parts.counts.closes++
    this.leave(new Machines(machines.log.processDeath(), machines.store.processDeath(), parts.random))
  }

  /** If the process is dead: what it left is what the next one finds; who was told of something durable knows it still. */
  bury(): void {
    const { remains } = this.machines
    if (remains === undefined) return
    const { log, store, how, durable, machine, operation } = remains
    this.parts.model.acknowledged = durable
    // The archivist is at work whatever else is done.
    const isArchiving = machine === 'store' && !OF_THE_ARCHIVE.includes(this.doing)
    this.parts.counts.noteDeath(`${isArchiving ? 'archive' : this.doing}, ${how}: ${machine} ${operation}`)
    this.leave(new Machines(log, store, this.parts.random))
  }

  /** @throws if the files take more than was asked for */
  watchSpace(): void {
    const { counts, settings } = this.parts
    const { segments, setAside } = spaceOn(this.machines.log)
    const over = segments - settings.maxBytes
    counts.noteSpace(over, setAside)
    if (over > SLACK_BYTES) throw new Error(`the log takes ${over} bytes more than its limit`)
  }

  /** Does something, unless the process is dead; it may die of it. */
  private step(doing: string, action: (engine: WeekEngine) => void): void {
    const { machines, engine, doing: before } = this
    if (machines.isDead || engine === undefined) return
    this.doing = doing
    try {
      action(engine)
    } catch (error) {
      if (!machines.isDead) throw error
    }
    this.acknowledge(engine, before)
  }

  private async stepSoon(doing: string, action: (engine: WeekEngine) => Promise<void>): Promise<void> {
    const { machines, engine, doing: before } = this
    if (machines.isDead || engine === undefined) return
    this.doing = doing
    try {
      await action(engine)
    } catch (error) {
      if (!machines.isDead) throw error
    }
    this.acknowledge(engine, before)
  }

  private acknowledge({ log }: WeekEngine, before: string): void {
    if (this.machines.isDead) return
    this.doing = before
    const { model } = this.parts
    if (log.durable < model.acknowledged || log.durable > model.lastLsn)
      throw new Error(`durable is LSN ${log.durable}, after ${model.acknowledged}, of ${model.lastLsn}`)
    model.acknowledged = log.durable
  }

  private appendTo({ log }: WeekEngine): void {
    const { model, clock, records, random } = this.parts
    const time = clock.wallNs()
    const batch: readonly EngineRecord[] = records.next().value
    const { type, key } = batch[0]!
    const values = batch.map(({ value }) => value)
    const first = model.lastLsn + 1
    const last = this.tryAppend(() => log.appender.appendBatch(values, { type, key, time }))
    if (last === undefined) return
    if (last !== first + batch.length - 1)
      throw new Error(`LSN ${last} is given to the last of ${batch.length} from ${first} on`)
    for (const value of values) model.events.push({ type, key, value, time, batch: [first, last] })
    if (random.chance(0.7)) log.flush()
    else log.settle()
  }

  private tryAppend(append: () => number): number | undefined {
    try {
      return append()
    } catch (error) {
      if (!(error instanceof RingwalError) || !REFUSALS.includes(error.code)) throw error
      this.parts.counts.refused++
      return undefined
    }
  }

  /** @throws if anything acknowledged is not there, or anything else is */
  private requireRecovered({ log }: WeekEngine): void {
    const { model } = this.parts
    const last = log.recovered.resume.nextLsn - 1
    if (last < model.acknowledged || last > model.lastLsn)
      throw new Error(`opened at LSN ${last}, acknowledged were ${model.acknowledged} of ${model.lastLsn}`)
    if (model.lastUpTo(last) !== last) throw new Error(`opened at LSN ${last}, in the midst of a batch`)
    model.cutTo(last)
    requireLog(this.machines.log, model)
  }

  private leave(machines: Machines): void {
    const { engine, target } = this
    const { counts } = this.parts
    counts.retired += engine?.retired ?? 0
    for (const { kind } of engine?.told ?? []) {
      if (kind === 'stored') counts.backups++
      else if (kind === 'failed') counts.archiveFailures++
      else if (kind === 'gap') throw new Error('records were retired before they were archived')
    }
    this.engine = undefined
    this.connect(machines, target.mood)
  }

  private connect(machines: Machines, mood: Mood): void {
    const { random, model } = this.parts
    const digits = (bytes: number): string => Buffer.from(random.bytes(bytes)).toString('hex')
    this.machines = machines
    this.target = new MoodyTarget(new DirectoryTarget(machines.store, ARCHIVE, digits), random)
    this.target.mood = mood
    machines.watch = () => this.watchSpace()
    machines.beside = () => this.beside()
    machines.durable = () => Math.max(model.acknowledged, this.engine?.log.durable ?? 0)
  }

  /** In the midst of a run of the archive others are at work. */
  private beside(): void {
    if (!this.isBusy || !this.parts.random.chance(0.02)) return
    this.steward()
    this.append()
  }
}
