/** Readers beside a live log, held against what was appended and what its writer has made durable. */
import { createKernelMemory, type FrameMemory } from '../../src/format/index.ts'
import type { Entry } from '../../src/read/entry.ts'
import { followLog } from '../../src/read/follow-log.ts'
import { viewLog } from '../../src/read/log-view.ts'
import { readListing } from '../../src/read/read-log.ts'
import { planRead } from '../../src/read/read-options.ts'
import { observeLog } from '../../src/wal/recovery.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { ModelRecord } from '../wal/log-model.ts'

/** What stands at this moment. */
export interface LiveModel {
  /** By LSN, from 1; undefined for one whose thread died. */
  readonly records: readonly (ModelRecord | undefined)[]
  readonly durable: number
  /** What is below it may be gone. */
  readonly cut: number
  /** Segments retired so far. */
  readonly retired: number
  /** The last LSN that a power cut now could not take: above `durable` where a sync returned and nobody was told yet. */
  readonly survives: () => number
}

const memories: FrameMemory[] = [createKernelMemory(1 << 16), createKernelMemory(1 << 16)]
const wholeMemory = createKernelMemory(1 << 16)

/** Reads all of a log, while others work on it. @throws what is not a prefix of what was appended, or less than was durable */
export function readWhole(disk: SimulatedDisk, model: () => LiveModel): void {
  const before = model()
  const ports = { fs: disk, checker, memory: wholeMemory }
  const run = new RunOfRecords(model)
  const error = thrownBy(() => {
    for (const entry of readListing(ports, viewLog(ports, LOG_DIR), planRead({}))) run.take(entry)
  })
  if (isExcused(error, before, model())) return
  if (error !== undefined) throw error
  run.requireAt(before.durable, before.cut)
}

/** Looks at a log as an observer does. @throws likewise */
export function observeWhole(disk: SimulatedDisk, clock: ManualClock, model: () => LiveModel): void {
  const before = model()
  const ports = { fs: disk, clock, checker, memory: wholeMemory }
  const settings = { dir: LOG_DIR, recover: 'tail', verifyBytes: undefined, useBigInt64: undefined } as const
  const { lastLsn, damage, observing } = observeLog(ports, settings)
  if (damage.length > 0 || (observing?.reasons.length ?? 0) > 0)
    throw new Error(`an observer of a live log sees damage: ${JSON.stringify(damage)}`)
  if (lastLsn < before.durable) throw new Error(`an observer sees LSN ${lastLsn}, ${before.durable} was durable`)
  const appended = model().records.length
  if (lastLsn > appended) throw new Error(`an observer sees LSN ${lastLsn}; ${appended} were appended`)
}

/** What a retired segment costs a reader who had not come to it, it is told. */
function isExcused(error: unknown, before: LiveModel, now: LiveModel): boolean {
  return (error as { code?: string } | undefined)?.code === 'ERR_RINGWAL_RETIRED' && now.retired > before.retired
}

/** Entries as one reader gets them. */
class RunOfRecords {
  private readonly model: () => LiveModel
  private next = 0

  constructor(model: () => LiveModel) {
    this.model = model
  }

  take({ lsn, type, bytes, continuesBatch }: Entry): void {
    const { records } = this.model()
    if (this.next > 0) {
      while (this.next < lsn && records[this.next - 1] === undefined) this.next++
      if (lsn !== this.next) throw new Error(`a reader gets LSN ${lsn} where ${this.next} must come`)
    }
    const record = records[lsn - 1]
    const isSame =
      record?.type === type && record.continues === continuesBatch && Buffer.compare(record.bytes, bytes) === 0
    if (!isSame) throw new Error(`a reader gets LSN ${lsn}, which is not what was appended`)
    this.next = lsn + 1
  }

  /** Behind all that was to be seen. */
  requireAt(durable: number, cut: number): void {
    const { records } = this.model()
    let next = this.next
    while (next > 0 && next <= durable && records[next - 1] === undefined) next++
    const isAllGone = next === 0 && (cut > durable || records.slice(cut - 1, durable).every((one) => one === undefined))
    if (next <= durable && !isAllGone) throw new Error(`a reader sees LSN ${next - 1} last, ${durable} was durable`)
  }

  get seen(): number {
    return this.next - 1
  }
}

/** A tailing reader, which looks when it is told to. */
export class WatchedFollower {
  private readonly model: () => LiveModel
  private readonly run: RunOfRecords
  private readonly entries: AsyncGenerator<Entry>
  private goOn: (() => void) | undefined
  private isAborted = false
  private asked: Promise<void> | undefined
  private failure: unknown
  private ended = false

  /** @param place which of the few followers it is: each has its own memory */
  constructor(disk: SimulatedDisk, place: number, model: () => LiveModel) {
    this.model = model
    this.run = new RunOfRecords(model)
    const ports = { fs: disk, checker, memory: memories[place]! }
    // Its pauses end when the test says so: the timer behind them is far away.
    this.entries = followLog(ports, LOG_DIR, { ...planRead({ follow: true, pollMs: 60_000 }), signal: this.signal() })
  }

  private signal(): AbortSignal {
    const follower = this
    const signal = {
      get aborted(): boolean {
        return follower.isAborted
      },
      addEventListener: (_: string, done: () => void): void => {
        this.goOn = done
      },
      removeEventListener: (): void => {},
    }
    return signal as unknown as AbortSignal
  }

  /** Looks once, and takes what there is. @throws what was not to be handed out */
  async look(): Promise<void> {
    const { goOn } = this
    this.goOn = undefined
    goOn?.()
    while (this.goOn === undefined && !this.ended) {
      this.asked ??= this.ask()
      // The generator goes on in microtasks, until it has an entry or pauses.
      await undefined
    }
    if (this.failure === undefined) return
    const isRetired = (this.failure as { code?: string }).code === 'ERR_RINGWAL_RETIRED'
    if (!isRetired || this.run.seen + 1 >= this.model().cut) throw this.failure
  }

  private async ask(): Promise<void> {
    try {
      const { value, done } = await this.entries.next()
      if (done) this.ended = true
      else this.take(value)
    } catch (error) {
      this.failure = error
      this.ended = true
    }
    this.asked = undefined
  }

  private take(entry: Entry): void {
    const { durable, survives } = this.model()
    this.run.take(entry)
    if (entry.lsn > durable && entry.lsn > survives())
      throw new Error(`a follower gets LSN ${entry.lsn}, durable is ${durable}`)
  }

  get isDone(): boolean {
    return this.ended
  }

  /** The reader goes. */
  async end(): Promise<void> {
    this.isAborted = true
    this.goOn?.()
    await this.asked
  }
}
