import { FRAME_KEY_AT, FRAME_TIME_AT, FRAME_TYPE_AT } from '../format/index.ts'

/** Which records are asked for. Plain data, for other threads. */
export interface RecordFilter {
  /** LSNs, both inclusive. */
  readonly from: number
  readonly to: number
  /** Times: from `since` to before `until`. */
  readonly since: bigint
  readonly until: bigint
  /** Record types and routing keys; undefined for all. */
  readonly types: readonly number[] | undefined
  readonly keys: readonly number[] | undefined
}

export const END_OF_TIME: bigint = 2n ** 64n

/** Tells by the headers of frames which records are asked for: nothing is made of the others. */
export class FrameFilter {
  private readonly filter: RecordFilter
  private readonly isTimed: boolean
  /** A byte for every type. */
  private readonly isTypeWanted: Uint8Array | undefined
  private readonly keys: ReadonlySet<number> | undefined

  constructor(filter: RecordFilter) {
    const { since, until, types, keys } = filter
    this.filter = filter
    this.isTimed = since > 0n || until < END_OF_TIME
    this.isTypeWanted = types && typeTable(types)
    this.keys = keys && new Set(keys)
  }

  /** Whether some of these LSNs are. */
  asksFor(first: number, last: number): boolean {
    return last >= this.filter.from && first <= this.filter.to
  }

  /** @param at where the frame of a record stands, and `lsn` its LSN */
  accepts(view: DataView, at: number, lsn: number): boolean {
    const { filter, isTypeWanted, keys } = this
    if (lsn < filter.from || lsn > filter.to) return false
    if (isTypeWanted !== undefined && isTypeWanted[view.getUint16(at + FRAME_TYPE_AT, true)] === 0) return false
    if (keys !== undefined && !keys.has(view.getUint32(at + FRAME_KEY_AT, true))) return false
    if (!this.isTimed) return true
    const time = view.getBigUint64(at + FRAME_TIME_AT, true)
    return time >= filter.since && time < filter.until
  }
}

function typeTable(types: readonly number[]): Uint8Array {
  const table = new Uint8Array(1 << 16)
  for (const type of types) table[type] = 1
  return table
}
