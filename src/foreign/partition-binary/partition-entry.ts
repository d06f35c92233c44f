import type { ReplayEntry } from '../../replay/reducer.ts'
import { routingKeyOf } from '../routing-key.ts'

const NANOSECONDS_PER_MS = 1_000_000n
const TIME_MAX = 2n ** 64n - 1n

/** What a record of a partition holds. The bytes are the entry's own copy. */
export interface PartitionValue {
  /** Null where the record has none: an empty key is written as none. */
  readonly key: Uint8Array | null
  readonly value: Uint8Array
}

/** One record of a partition file. */
export class PartitionEntry implements ReplayEntry {
  readonly lsn: number
  readonly type: number = 0
  readonly value: PartitionValue
  /** Milliseconds since the Unix epoch, as the record has them: 0 to 2^64 − 1. */
  readonly timestamp: bigint
  /** Where it stands: file name, and offset of its size field. */
  readonly file: string
  readonly offset: number

  constructor(lsn: number, timestamp: bigint, value: PartitionValue, file: string, offset: number) {
    this.lsn = lsn
    this.timestamp = timestamp
    this.value = value
    this.file = file
    this.offset = offset
  }

  /** Nanoseconds; a timestamp past the year 2554 becomes the last time there is, 2^64 − 1. */
  get time(): bigint {
    const time = this.timestamp * NANOSECONDS_PER_MS
    return time > TIME_MAX ? TIME_MAX : time
  }

  /** A hash of the record's key; 0 if it has none. */
  get key(): number {
    return this.value.key === null ? 0 : routingKeyOf(this.value.key)
  }
}
