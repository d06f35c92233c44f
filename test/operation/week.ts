/**
 * A week of operation in one thread, from a seed: appends of trading events, rotation, checkpoints, retention at its cap, the archive
 * and its failures, closes, kills and power cuts, before any call of any of these.
 */
import type { EngineRecord } from '../../tools/demo/engine-record.ts'
import { generatedEvents } from '../../tools/demo/events.ts'
import { ExchangeDesk } from '../../tools/demo/exchange-desk.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { MOODS } from './moody-target.ts'
import { OperatedLog, type OperatedParts } from './operated-log.ts'
import { WeekCounts } from './week-counts.ts'
import { type Death, Machines } from './week-machines.ts'
import { WeekModel } from './week-model.ts'
import { MINUTE_MS, settingsOf, type WeekSettings } from './week-settings.ts'

/** A promise was broken. */
export class WeekFailure extends Error {
  constructor({ seed, minutes }: WeekSettings, minute: number, cause: unknown) {
    super(`seed ${seed}, minute ${minute} of ${minutes}: ${(cause as Error)?.message ?? cause}`, { cause })
  }
}

const HOUR = 60
/** The archive is well again at the end: so long may it take to get everything. */
const SETTLE_MINUTES = 3 * HOUR

/** What is not left to the seed. */
export interface WeekOptions extends Partial<WeekSettings> {
  /** See `EngineParts`. */
  readonly archivedAhead?: number
}

export class Week {
  readonly settings: WeekSettings
  readonly log: OperatedLog
  private readonly random: SeededRandom
  private readonly parts: OperatedParts
  private moodUntil = 0
  private checkpointAt = 4 * HOUR
  private minute = 0

  constructor(seed: number, minutes: number, { archivedAhead = 0, ...given }: WeekOptions = {}) {
    const random = new SeededRandom(seed)
    this.random = random
    this.settings = { ...settingsOf(seed, minutes, random), ...given }
    const records = batchesOf(generatedEvents(seed).events(), random)
    const [clock, counts, model] = [new ManualClock(), new WeekCounts(), new WeekModel()]
    this.parts = { settings: this.settings, random, clock, counts, model, records, archivedAhead }
    this.log = new OperatedLog(this.parts)
  }

  get model(): WeekModel {
    return this.parts.model
  }

  get counts(): WeekCounts {
    return this.parts.counts
  }

  /** Where the archive is, when the week is over. */
  get store(): SimulatedDisk {
    return this.log.machines.store
  }

  /** Wall clock at the beginning of a minute. */
  timeOf(minute: number): bigint {
    return new ManualClock().wall + BigInt(minute) * BigInt(MINUTE_MS) * 1_000_000n
  }

  /** Lives it, and closes the log with everything in the archive. @throws WeekFailure */
  async live(): Promise<void> {
    await this.liveUntil(this.settings.minutes)
    await this.end()
  }

  async liveUntil(minute: number): Promise<void> {
    try {
      for (; this.minute < minute; this.minute++) await this.liveMinute()
    } catch (error) {
      throw new WeekFailure(this.settings, this.minute, error)
    }
  }

  /** The archive is well, and gets what there is; the log is closed. @throws WeekFailure */
  async end(): Promise<void> {
    try {
      await settle(this.log)
    } catch (error) {
      throw new WeekFailure(this.settings, this.minute, error)
    }
  }

  /** The same log at this moment, as a process leaves it that is killed; on disks of its own, to try something with. */
  fork(seed: number): OperatedLog {
    const { model: original, settings } = this.parts
    const { log, store } = this.log.machines
    const random = new SeededRandom(seed)
    const model = new WeekModel()
    model.events.push(...original.events)
    model.acknowledged = original.acknowledged
    const clock = new ManualClock()
    clock.advance(this.parts.clock.ms)
    const records = batchesOf(generatedEvents(seed).events(), random)
    const parts = { ...this.parts, settings, random, clock, counts: new WeekCounts(), model, records }
    return new OperatedLog(parts, new Machines(log.processDeath(), store.processDeath(), random))
  }

  private async liveMinute(): Promise<void> {
    const { log, random } = this
    this.setMood()
    if (random.chance(1 / HOUR)) this.doom()
    log.start()
    this.load()
    if (this.minute >= this.checkpointAt) this.checkpoint()
    await log.archive()
    if (random.chance(1 / (24 * HOUR))) await log.backUpWhole()
    if (random.chance(1 / (12 * HOUR))) await log.close()
    log.bury()
    log.watchSpace()
  }

  /** It will die before one of the next calls, whatever is being done then. */
  private doom(): void {
    const calls = this.random.between(1, this.random.pick([4, 12, 40]))
    this.log.machines.doom(calls, this.random.pick<Death>(['kill', 'power-cut']))
  }

  private setMood(): void {
    if (this.minute < this.moodUntil) return
    const { target } = this.log
    const isFine = target.mood !== 'fine' || this.random.chance(0.8)
    target.mood = isFine ? 'fine' : this.random.pick(MOODS)
    this.moodUntil = this.minute + this.random.between(5, (isFine ? 6 : 3) * HOUR)
  }

  /** The appends of a minute, at any times in it. */
  private load(): void {
    const { random, settings, log } = this
    const { clock } = this.parts
    let rest = MINUTE_MS
    for (let left = random.between(0, settings.appendsMax); left > 0; left--) {
      const ms = random.below(Math.ceil(rest / left))
      clock.advance(ms)
      rest -= ms
      log.steward()
      log.append()
    }
    clock.advance(rest)
    log.sync()
  }

  private checkpoint(): void {
    this.checkpointAt = this.minute + this.random.between(HOUR, 8 * HOUR)
    this.log.checkpoint()
  }
}

/** Brings a log to its end: everything is durable, and in an archive that is well again; it is closed. */
export async function settle(log: OperatedLog): Promise<void> {
  log.target.mood = 'fine'
  log.isBusy = false
  for (let minutes = 0; minutes < SETTLE_MINUTES; minutes++) {
    log.start()
    log.machines.pardon()
    log.flush()
    await log.archive()
    const { archivedLsn } = log.engine!.log.control.needs
    if (archivedLsn === log.parts.model.lastLsn) return log.close()
  }
  throw new Error('the archive does not come to the end of the log')
}

/** Events as they are appended: some in atomic batches, which have one type and key. */
function* batchesOf(events: Generator<unknown>, random: SeededRandom): Generator<readonly EngineRecord[]> {
  const desk = new ExchangeDesk()
  const next = (): EngineRecord => desk.tell(events.next().value)
  for (let record = next(); ; ) {
    const batch: EngineRecord[] = []
    const count = random.chance(0.4) ? random.between(2, 6) : 1
    const { type, key } = record
    do {
      batch.push(record)
      record = next()
    } while (batch.length < count && record.type === type && record.key === key)
    yield batch
  }
}
