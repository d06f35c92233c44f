import { type Entry, readWal, verifyLog } from '../../src/index.ts'
import type { Acknowledgement } from './victim-process.ts'
import { type ExpectedRecord, workloadRecords } from './workload.ts'

/** The log does not hold what it must. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

interface Stream {
  readonly records: Generator<ExpectedRecord>
  count: number
}

/** What a log must hold: the records of all lives so far, made again from their seeds, in an order that never changes. */
export class LogHistory {
  readonly dir: string
  /** Last LSN of the log after the last check. */
  lastLsn = 0
  /** Bytes of its segments. */
  bytes = 0
  private readonly seed: number
  /** Highest key that a record below `lastLsn` had, and all their checks folded together. */
  private life = 0
  private fingerprint = 0
  private fresh = new Map<string, Stream>()

  constructor(dir: string, seed: number) {
    this.dir = dir
    this.seed = seed
  }

  /**
   * Reads what `life`, now dead, has left, and holds it against what it was told.
   * @returns how many records of it are there, and how many of those it knew to be durable
   * @throws Violation
   */
  async checkLife(
    life: number,
    acknowledgements: readonly Acknowledgement[],
  ): Promise<{ records: number; known: number }> {
    const before = this.lastLsn
    const owed = new Map(acknowledgements.map((told) => [told.lsn, told]))
    this.fresh = new Map()
    for await (const entry of readWal(this.dir, { from: before + 1 })) {
      if (entry.key !== life) throw new Violation(`LSN ${entry.lsn} is of life ${entry.key}, not ${life}`)
      this.take(entry)
      const told = owed.get(entry.lsn)
      if (told !== undefined) this.settle(told, entry.type)
    }
    const known = Math.max(0, ...owed.keys())
    if (known > this.lastLsn) throw new Violation(`LSN ${known} was acknowledged, and LSN ${this.lastLsn} is the last`)
    await this.verify(known)
    return { records: this.lastLsn - before, known: Math.max(0, known - before) }
  }

  /** Reads the log from its start: all that any check has seen must still be there. @throws Violation */
  async checkWhole(): Promise<void> {
    const again = new LogHistory(this.dir, this.seed)
    for await (const entry of readWal(this.dir)) again.take(entry)
    const isSame = again.lastLsn === this.lastLsn && again.fingerprint === this.fingerprint
    if (!isSame)
      throw new Violation(`the log ends with LSN ${again.lastLsn}, or has other records than before (${this.lastLsn})`)
  }

  private take(entry: Entry): void {
    const { lsn, type, key } = entry
    if (lsn !== this.lastLsn + 1) throw new Violation(`LSN ${lsn} follows LSN ${this.lastLsn}`)
    if (key < this.life) throw new Violation(`LSN ${lsn} is of life ${key}, behind records of life ${this.life}`)
    const name = `${key}/${type}`
    const stream = this.fresh.get(name) ?? { records: workloadRecords(this.seed, key, type), count: 0 }
    this.fresh.set(name, stream)
    const expected = stream.records.next().value as ExpectedRecord
    stream.count++
    const isRight =
      entry.continuesBatch === expected.continuesBatch && Buffer.compare(entry.bytes, expected.bytes) === 0
    if (!isRight) throw new Violation(`LSN ${lsn} is not record ${stream.count} of producer ${type} in life ${key}`)
    this.lastLsn = lsn
    this.life = key
    this.endsInBatch = entry.continuesBatch
    this.fingerprint = (Math.imul(this.fingerprint, 31) + Number(BigInt.asUintN(32, entry.check))) | 0
  }

  /** Whether the last record taken promises another of its batch. */
  private endsInBatch = false

  private settle(told: Acknowledgement, producer: number): void {
    const { count } = this.fresh.get(`${this.life}/${told.producer}`) ?? { count: 0 }
    if (producer === told.producer && count === told.count) return
    throw new Violation(
      `LSN ${told.lsn} was record ${told.count} of producer ${told.producer}, and is ${count} of ${producer}`,
    )
  }

  private async verify(known: number): Promise<void> {
    if (this.endsInBatch) throw new Violation(`LSN ${this.lastLsn} ends the log in the middle of a batch`)
    const report = await verifyLog(this.dir)
    this.bytes = report.bytes
    if (!report.ok) throw new Violation(`verify finds damage: ${JSON.stringify(report.damage)}`)
    const isWhole = report.lastLsn === this.lastLsn && report.records === this.lastLsn
    if (!isWhole)
      throw new Violation(`verify counts ${report.records} records up to LSN ${report.lastLsn}, not ${this.lastLsn}`)
    if (report.durableLsn > this.lastLsn)
      throw new Violation(`a mark proves LSN ${report.durableLsn}, above the last; known ${known}`)
  }
}
