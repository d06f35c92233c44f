import { writeSync } from 'node:fs'
import { RingwalError, type SyncPolicy, Wal } from '../../src/index.ts'
import { NumberedRecords } from './numbered-records.ts'
import { LINE_END, REPORT_PIPE, type Refusal } from './told.ts'

/** What a victim is to do, as JSON on its standard input. */
export interface LifeOrder {
  readonly dir: string
  readonly seed: number
  /** Name of a script in `scripts.ts`. */
  readonly script: string
  readonly policy: SyncPolicy
  readonly everyMs: number
  readonly segmentBytes: number
  readonly spareSegments: number
  /** Longest payload, from 16 to 32768. */
  readonly bytesMax: number
}

export function say(...words: readonly (string | number)[]): void {
  writeSync(REPORT_PIPE, `${words.join(' ')} ${LINE_END}\n`)
}

/** One log in the hands of a victim: every deed is told as soon as it is known to be done. */
export class Life {
  readonly order: LifeOrder
  private readonly records: NumberedRecords
  private wal: Wal | undefined
  private deed = 'open'

  constructor(order: LifeOrder) {
    this.order = order
    this.records = new NumberedRecords(order.seed, order.bytesMax)
  }

  async open(): Promise<void> {
    this.deed = 'open'
    const { dir, policy, everyMs, segmentBytes, spareSegments } = this.order
    const sync = { policy, everyMs }
    const onWarning = (): void => {}
    this.wal = await Wal.open({ dir, sync, segmentBytes, spareSegments, ringBytes: 1 << 18, exitFlushMs: 0, onWarning })
    say('open', this.wal.recovery.lastLsn)
  }

  get lastLsn(): number {
    return this.log.lastLsn
  }

  /** Appends a record, or a batch where the LSNs ask for one. */
  append(): void {
    this.deed = 'append'
    const portion = this.records.portionBehind(this.log.lastLsn)
    if (portion.length === 1) this.log.appendBytes(portion[0]!.bytes)
    else this.log.appendBytesBatch(portion)
  }

  async settle(): Promise<void> {
    this.deed = 'durable'
    const { lastLsn } = this.log
    await this.log.durable(lastLsn)
    say('durable', lastLsn)
  }

  async flush(): Promise<void> {
    this.deed = 'flush'
    const { lastLsn } = this.log
    await this.log.flush()
    say('durable', lastLsn)
  }

  /** Retires all but about the last `keep` durable records. */
  async cut(keep: number): Promise<void> {
    this.deed = 'truncate'
    const lsn = Math.max(0, this.log.durableLsn - keep)
    say('cutting', lsn)
    const { firstLsn } = await this.log.truncateBefore(lsn)
    say('first', firstLsn)
  }

  async close(): Promise<void> {
    this.deed = 'close'
    const { wal } = this
    if (wal === undefined) return
    const { lastLsn } = wal
    await wal.close()
    this.wal = undefined
    say('durable', lastLsn)
  }

  /** Tells of an error, and then what the log says to one more append, to one more flush, and to close. */
  async refuse(error: unknown): Promise<void> {
    this.tell(error)
    if (this.wal === undefined) return
    for (const deed of [() => this.append(), () => this.flush(), () => this.close()]) {
      try {
        await deed()
      } catch (refusal) {
        this.tell(refusal)
      }
    }
  }

  private tell(error: unknown): void {
    const { facts = {}, code = 'none' } = error instanceof RingwalError ? error : {}
    const { cause, errnoName, operation } = facts as Omit<Refusal, 'deed' | 'code' | 'message'>
    const message = error instanceof Error ? error.message : String(error)
    say('refused', JSON.stringify({ deed: this.deed, code, cause, errnoName, operation, message }))
  }

  private get log(): Wal {
    if (this.wal === undefined) throw new TypeError('the log is not open')
    return this.wal
  }
}
