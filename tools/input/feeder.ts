import { RingwalError } from '../../src/errors.ts'
import type { Wal } from '../../src/index.ts'
import type { InputFault, InputItem, InputRecord } from './input-item.ts'
import { keyOf } from './key-field.ts'

export interface FeederSettings {
  readonly type: number
  /** Member or index whose text gives the routing key. */
  readonly keyField: string | undefined
  /** Records of an atomic batch; 0 for single records. */
  readonly batch: number
  /** Told of each fault in the input, with the lines that it costs. @throws to stop there */
  readonly onFault: (fault: InputFault, lines: number) => void
}

/** Appends the records of an input to a log, and counts. */
export class Feeder {
  /** Records appended, and the LSN of the first; 0 if there is none. */
  records = 0
  firstLsn = 0
  /** Records without the key field. */
  keyless = 0
  private readonly wal: Wal
  private readonly settings: FeederSettings
  private pending: InputRecord[] = []

  constructor(wal: Wal, settings: FeederSettings) {
    this.wal = wal
    this.settings = settings
  }

  feed(item: InputItem): void {
    if ('fault' in item) this.settings.onFault(item, 1)
    else if (this.settings.batch === 0) this.appendOne(item)
    else {
      this.pending.push(item)
      if (this.pending.length === this.settings.batch) this.endBatch()
    }
  }

  /** Appends the batch that is not full yet. */
  endBatch(): void {
    const { pending } = this
    this.pending = []
    const first = pending[0]
    if (first === undefined) return
    const values = pending.map(({ value }) => value)
    const send = (): number => this.wal.appendBatch(values, { type: this.settings.type })
    this.append(first.line, pending.length, send)
  }

  private appendOne({ line, value }: InputRecord): void {
    const { type, keyField } = this.settings
    const key = keyField === undefined ? 0 : keyOf(value, keyField)
    if (key === undefined) this.keyless++
    this.append(line, 1, () => this.wal.append(value, { type, key: key ?? 0 }))
  }

  private append(line: number, count: number, send: () => number): void {
    let last: number
    try {
      last = send()
    } catch (error) {
      if (!isRefusal(error)) throw error
      const what = count === 1 ? '' : `the batch of ${count} records that begins here is refused: `
      this.settings.onFault({ line, fault: what + error.message }, count)
      return
    }
    if (this.firstLsn === 0) this.firstLsn = last - count + 1
    this.records += count
  }
}

/** Whether the log refuses the record rather than being in trouble itself. */
function isRefusal(error: unknown): error is RingwalError {
  return error instanceof RingwalError && (error.code === 'ERR_RINGWAL_VALUE' || error.code === 'ERR_RINGWAL_TOO_LARGE')
}
