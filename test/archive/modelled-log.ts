/** A log with a model beside it: what the state is at each of its records. */
import { createHash } from 'node:crypto'
import { listCheckpoints, readCheckpoint } from '../../src/checkpoint/checkpoint-files.ts'
import type { Entry } from '../../src/read/entry.ts'
import { keeperOf } from '../checkpoint/checkpoint-kit.ts'
import { checker, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, readEntries } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { newDigest } from './archive-kit.ts'

const EMPTY = '0'.repeat(64)

interface ModelRecord {
  readonly time: bigint
  /** LSN of the first record of its batch, and of the last. */
  readonly batch: readonly [number, number]
  /** The state behind it: a digest over all records up to it. */
  readonly state: string
}

export class ModelledLog {
  disk: SimulatedDisk = new SimulatedDisk({ recordCalls: false })
  readonly clock: ManualClock = new ManualClock()
  readonly records: ModelRecord[] = []
  log: LogHarness
  private readonly random: SeededRandom

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    this.log = this.open()
  }

  get lastLsn(): number {
    return this.records.length
  }

  /** Appends a record, or a batch, and makes it durable. */
  append(): void {
    const { random, log } = this
    log.makeSpares()
    const count = random.chance(0.3) ? random.between(2, 5) : 1
    const first = this.lastLsn + 1
    const records = Array.from({ length: count }, (_, i) => {
      // Some records have the same time.
      if (random.chance(0.7)) this.clock.advance(random.between(1, 9))
      return { bytes: payload(random.between(1, 700), first + i), type: (first + i) % 1000, time: this.clock.wallNs() }
    })
    log.appender.appendBytesBatch(records)
    for (const { time, type, bytes } of records) {
      const state = nextState(this.stateAt(this.lastLsn), type, time, bytes)
      this.records.push({ time, batch: [first, first + count - 1], state })
    }
    log.flush()
  }

  checkpoint(): void {
    const keeper = keeperOf(this.log)
    const lsn = this.log.durable
    const bytes = Buffer.from(this.stateAt(lsn))
    for (const step of [
      { do: 'begin', lsn, label: '' },
      { do: 'write', piece: bytes },
      { do: 'finish', keep: 2 },
    ] as const)
      for (const _ of keeper.take(step));
  }

  /** Gives up what the older of two checkpoints makes needless. */
  retire(): void {
    const older = listCheckpoints(this.disk, LOG_DIR)[1]
    if (older !== undefined) this.log.truncateBefore(older.lsn + 1)
  }

  /** Ends the log, by a close, or by a power cut that costs all that is not durable, and opens it again. */
  reopen(how: 'close' | 'cut'): void {
    if (how === 'close') this.log.close()
    this.disk = how === 'close' ? this.disk.processDeath() : this.disk.crash(dropAll)
    this.log = this.open()
  }

  stateAt(lsn: number): string {
    return this.records[lsn - 1]?.state ?? EMPTY
  }

  /** The last record of a log that holds nothing above an LSN: batches are whole. */
  lastUpTo(lsn: number): number {
    const [first, last] = this.records[lsn - 1]?.batch ?? [1, 0]
    return last <= lsn ? lsn : first - 1
  }

  /** The last record before the first one of a later time. */
  lastUpToTime(time: bigint): number {
    const over = this.records.findIndex((record) => record.time > time)
    return over < 0 ? this.lastLsn : this.lastUpTo(over)
  }

  private open(): LogHarness {
    const { disk, clock } = this
    const sizes = { segmentBytes: 8192, ringBytes: 16_384 }
    return LogHarness.open(disk, { policy: 'always', ...sizes, spareSegments: 1, clock, seed: this.random.uint32() })
  }
}

/** A log of so many records and batches. */
export function modelOf(appends: number): ModelledLog {
  const model = new ModelledLog(5)
  for (let i = 0; i < appends; i++) model.append()
  return model
}

function nextState(state: string, type: number, time: bigint, bytes: Uint8Array): string {
  return createHash('sha256').update(`${state} ${type} ${time} `).update(bytes).digest('hex')
}

/** What a log on a disk comes to: from its newest checkpoint on, record by record. @throws if one is missing */
export function stateOf(disk: SimulatedDisk, dir: string): { readonly state: string; readonly lastLsn: number } {
  const file = listCheckpoints(disk, dir)[0]
  const snapshot = file && readCheckpoint({ fs: disk, checker, newDigest }, file).bytes
  let state = snapshot === undefined ? EMPTY : Buffer.from(snapshot).toString()
  let lastLsn = file?.lsn ?? 0
  for (const entry of readEntries(disk, {}, dir)) {
    if (entry.lsn <= lastLsn) continue
    if (entry.lsn !== lastLsn + 1) throw new Error(`LSN ${entry.lsn} follows on ${lastLsn}`)
    state = afterEntry(state, entry)
    lastLsn = entry.lsn
  }
  return { state, lastLsn }
}

function afterEntry(state: string, { type, time, bytes }: Entry): string {
  return nextState(state, type, time, bytes)
}

/** A life of a log, archived now and then; most segments are retired in the end. */
export async function liveOf(
  seed: number,
  steps: number,
  archive: (model: ModelledLog, random: SeededRandom) => Promise<unknown>,
): Promise<ModelledLog> {
  const random = new SeededRandom(seed)
  const model = new ModelledLog(seed)
  for (let step = 0; step < steps; step++) {
    model.append()
    if (random.chance(0.08)) await archive(model, random)
    if (random.chance(0.03)) model.checkpoint()
    if (random.chance(0.01)) {
      // As retention does: only what is in the archive.
      await archive(model, random)
      model.retire()
    }
    if (random.chance(0.01)) model.reopen(random.pick(['close', 'cut']))
  }
  await archive(model, random)
  return model
}
