import { type Codec, createCodec } from '../../src/codec/index.ts'
import {
  CODEC_MSGPACK,
  KIND_END,
  KIND_NOTE,
  KIND_PADDING,
  KIND_RECORD,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  NOTE_RESTORED,
} from '../../src/format/index.ts'
import { type FrameSpec, joined, u64Payload } from '../format/segment-bytes.ts'

/** 2026-01-01T00:00:00Z, when every golden log was begun. */
export const EPOCH: bigint = 1_767_225_600_000_000_000n

/** What a record carries besides its payload and LSN. */
export type RecordFields = Pick<FrameSpec, 'type' | 'key' | 'continuesBatch' | 'codec'>

const plainCodec = createCodec({ useBigInt64: false })
const bigIntCodec = createCodec({ useBigInt64: true })

/** The frames of a segment to be, one behind the other: it gives them their LSNs, and times that tell them apart. */
export class FrameList {
  readonly specs: FrameSpec[] = []
  /** LSN of the next record. */
  next: number
  private readonly codec: Codec

  constructor(firstLsn = 1, settings: { readonly useBigInt64?: boolean } = {}) {
    this.next = firstLsn
    this.codec = settings.useBigInt64 ? bigIntCodec : plainCodec
  }

  /** A record of this value, as MessagePack. */
  value(value: unknown, fields: RecordFields = {}): this {
    return this.packed(this.codec.encode(value).slice(), fields)
  }

  /** A record of these bytes, which say that they are MessagePack. */
  packed(payload: Uint8Array, fields: RecordFields = {}): this {
    return this.bytes(payload, { codec: CODEC_MSGPACK, ...fields })
  }

  /** A record of bytes, or of a text's, which mean something to the application alone. */
  bytes(payload: Uint8Array | string, fields: RecordFields = {}): this {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
    return this.add({ kind: KIND_RECORD, lsn: this.next++, ...fields, payload: bytes })
  }

  /** An atomic batch of these values. */
  batch(...values: readonly unknown[]): this {
    values.forEach((value, i) => {
      this.value(value, { continuesBatch: i < values.length - 1, type: 3 })
    })
    return this
  }

  /** A sync mark: up to here, by default, all is durable. */
  mark(lsn: number = this.next - 1): this {
    return this.add({ kind: KIND_SYNC_MARK, lsn })
  }

  padding(bytes: number): this {
    return this.add({ kind: KIND_PADDING, lsn: 0, payload: new Uint8Array(bytes).fill(0x2e) })
  }

  /** A tombstone for so many LSNs; without a count it is for one, and has no payload. */
  tombstone(type: number, count?: number, more: Uint8Array = new Uint8Array(0)): this {
    const lsn = this.next
    this.next += count ?? 1
    if (count === undefined) return this.add({ kind: KIND_TOMBSTONE, lsn, type })
    return this.add({ kind: KIND_TOMBSTONE, lsn, type, payload: joined(u64Payload(lsn + count - 1), more) })
  }

  /** The note that stands before a record of which a repair flipped this bit back. */
  restored(offset: number, bit: number): this {
    const payload = joined(u64Payload(offset), Uint8Array.of(bit, 0, 0, 0))
    return this.add({ kind: KIND_NOTE, lsn: this.next, type: NOTE_RESTORED, payload })
  }

  end(): this {
    return this.add({ kind: KIND_END, lsn: this.next - 1 })
  }

  /** Any frame; one that takes LSNs does not move `next`. */
  add(spec: FrameSpec): this {
    this.specs.push({ time: EPOCH + BigInt(this.specs.length + 1) * 1_000_203_004n, ...spec })
    return this
  }
}
