import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { RingwalError } from '../../src/errors.ts'
import type { Entry } from '../../src/index.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { snapshotOf, TradingState } from '../../src/trading/index.ts'
import { AUDIT_RECORD } from '../engine/drafts.ts'
import { type EngineRecord, laneOf } from './engine-record.ts'
import type { EventStream } from './events.ts'
import { emptyLanes, type LaneLsns } from './lane-lsns.ts'
import { ROUND_EVENTS, type Round, roundsOf } from './rounds.ts'

/** How a log compares with the events that were put into it. */
export interface Audit {
  /** Last LSN that the log gives back. */
  readonly recovered: number
  /** LSNs that were acknowledged and are missing, or are there with another content. */
  readonly lost: number
  /** What is wrong, lost or not; the first that was met. */
  readonly problem: string | undefined
  /** Of the state that the log's events make, as the input has them. */
  readonly digest: string
  /** Where each lane's records stand. */
  readonly lsns: LaneLsns
}

/**
 * Reads a log and compares it with the input, record by record.
 * @param told LSNs that were told to be durable
 * @param to the last LSN that is read; by default all are
 */
export async function auditLog(dir: string, stream: EventStream, told: LaneLsns, to?: number): Promise<Audit> {
  const audit = new LogAudit(stream, told)
  try {
    for await (const entry of readWal(dir, to === undefined ? {} : { to })) audit.take(entry)
  } catch (error) {
    if (!(error instanceof RingwalError)) throw error
    audit.note(`${error.code}: ${error.message}`)
  }
  return audit.end()
}

class LogAudit {
  private readonly rounds: Generator<Round>
  private roundsTaken = 0
  /** By lane, records that are due; and the LSNs of those that were. */
  private readonly due: EngineRecord[][] = emptyLanes().map(() => [])
  private readonly lsns: number[][] = emptyLanes()
  private readonly told: LaneLsns
  private readonly model = new TradingState()
  private last = 0
  private lost = 0
  private problem: string | undefined

  constructor(stream: EventStream, told: LaneLsns) {
    this.rounds = roundsOf(stream)
    this.told = told
  }

  take({ lsn, type, key, value }: Entry): void {
    if (lsn !== this.last + 1) this.note(`LSN ${lsn} comes after LSN ${this.last}`)
    if (lsn <= this.last) return
    this.missUpTo(lsn)
    this.last = lsn
    const expected = this.recordAt(lsn, type, value)
    if (expected === undefined) {
      this.note(`LSN ${lsn} holds ${show(value)}, which was not sent`)
      return
    }
    if (expected.type !== AUDIT_RECORD) this.model.apply({ ...expected, lsn })
    if (type === expected.type && key === expected.key && isSame(value, expected.value)) return
    this.note(`LSN ${lsn} holds ${show(value)} instead of ${show(expected.value)}`)
    if (this.isTold(expected.lane, this.lsns[expected.lane]!.length - 1)) this.lost++
  }

  note(problem: string): void {
    this.problem ??= problem
  }

  end(): Audit {
    const { last: recovered, model, lsns } = this
    this.missUpTo(Number.POSITIVE_INFINITY)
    const digest = createHash('sha256').update(snapshotOf(model)).digest('hex')
    return { recovered, lost: this.lost, problem: this.problem, digest, lsns }
  }

  /** Records that were told to be durable at LSNs that the log does not have. */
  private missUpTo(lsn: number): void {
    for (const [lane, lsns] of this.lsns.entries()) {
      for (; ; this.lost++) {
        const next = this.told[lane]![lsns.length]
        if (next === undefined || next >= lsn) break
        this.note(`LSN ${next} was acknowledged and is missing`)
        this.nextOf(lane, next)
      }
    }
  }

  /** What must stand at an LSN: it was told at the time, or else it is the next of the lane that it is from. */
  private recordAt(lsn: number, type: number, value: unknown): EngineRecord | undefined {
    const told = this.lsns.findIndex(({ length }, lane) => this.told[lane]![length] === lsn)
    if (told >= 0) return this.nextOf(told, lsn)
    const lane = laneOf(type, value)
    const isFree = lane !== undefined && !this.isTold(lane, this.lsns[lane]!.length)
    return isFree ? this.nextOf(lane, lsn) : undefined
  }

  private nextOf(lane: number, lsn: number): EngineRecord | undefined {
    // A round is begun when all before it are in the log.
    const rounds = Math.floor((lsn - 1) / ROUND_EVENTS) + 1
    while (this.due[lane]!.length === 0 && this.roundsTaken < rounds) {
      const round: Round = this.rounds.next().value
      for (const [i, batches] of round.entries()) this.due[i]!.push(...batches.flat())
      this.roundsTaken++
    }
    const record = this.due[lane]!.shift()
    if (record !== undefined) this.lsns[lane]!.push(lsn)
    return record
  }

  private isTold(lane: number, index: number): boolean {
    return index < this.told[lane]!.length
  }
}

/** JSON does not tell -0 from 0, and MessagePack stores it as 0. */
function isSame(stored: unknown, sent: unknown): boolean {
  return isDeepStrictEqual(stored, sent) || JSON.stringify(stored) === JSON.stringify(sent)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
