import type { Codec, DeclaredRecord } from '../codec/index.ts'
import { CODEC_MSGPACK, FRAME_HEADER_BYTES, readFrame } from '../format/index.ts'

/** One record as read from a log. */
export class Entry {
  readonly lsn: number
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint
  readonly type: number
  readonly key: number
  /** The payload as stored; the entry's own copy. */
  readonly bytes: Uint8Array
  /** How the payload is encoded. */
  readonly codec: 'bytes' | 'msgpack'
  /** Whether the next record belongs to the same atomic batch. */
  readonly continuesBatch: boolean
  /** File name of its segment, offset of its frame in it, and the frame's check. */
  readonly segment: string
  readonly offset: number
  readonly check: bigint
  private readonly decoder: Codec
  private decoded: unknown
  private isDecoded = false

  /** @param at index of its frame in `memory`, whose check held */
  constructor(
    memory: { bytes: Uint8Array; view: DataView },
    at: number,
    segment: string,
    offset: number,
    codec: Codec,
  ) {
    const frame = readFrame(memory.view, at)
    this.lsn = frame.lsn
    this.time = frame.time
    this.type = frame.type
    this.key = frame.key
    this.check = frame.check
    this.continuesBatch = frame.continuesBatch
    this.codec = frame.codec === CODEC_MSGPACK ? 'msgpack' : 'bytes'
    this.segment = segment
    this.offset = offset
    const start = at + FRAME_HEADER_BYTES
    this.bytes = memory.bytes.slice(start, start + frame.length)
    this.decoder = codec
  }

  /**
   * The payload decoded if it is MessagePack, else the bytes themselves. Decoded at the first use.
   * @throws ERR_RINGWAL_INPUT if it says to be MessagePack and is not
   */
  get value(): unknown {
    if (this.codec === 'bytes') return this.bytes
    if (!this.isDecoded) {
      this.decoded = this.decoder.decode(this.bytes)
      this.isDecoded = true
    }
    return this.decoded
  }

  /**
   * The payload decoded as a declared record: anew at each call, and faster than `value`.
   * @throws ERR_RINGWAL_INPUT if it is a record of another type, or does not fit
   */
  as<T>(record: DeclaredRecord<T>): T {
    const { buffer, byteOffset, length } = this.bytes
    const view = new DataView(buffer, byteOffset, length)
    const codec = this.codec === 'msgpack' ? this.decoder : undefined
    return record.decodePayload(this, codec, this.bytes, view, 0, length)
  }
}
