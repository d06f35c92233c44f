import { inspect } from 'node:util'
import type { Codec, PayloadDecoder } from '../codec/index.ts'
import {
  CODEC_MSGPACK,
  FLAG_CODEC_MASK,
  FLAG_CODEC_SHIFT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_LENGTH_AT,
  FRAME_TIME_AT,
  FRAME_TYPE_AT,
} from '../format/index.ts'

/** Frames of one segment, one behind the other, that were checked, and that nobody changes any more. */
export interface FrameBytes {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly codec: Codec
}

const NOT_YET: unique symbol = Symbol('not yet')

/** A record over its frame's bytes: what is not always needed is read when it is asked for. */
export class FrameRecord<Frames extends FrameBytes> {
  readonly lsn: number
  protected readonly frames: Frames
  /** Index of the frame in `frames`. */
  protected readonly at: number
  private decoded: unknown = NOT_YET

  /** @param at index of its frame in `frames` */
  constructor(frames: Frames, at: number, lsn: number) {
    this.lsn = lsn
    this.frames = frames
    this.at = at
  }

  get type(): number {
    return this.frames.view.getUint16(this.at + FRAME_TYPE_AT, true)
  }

  /** Routing hash; 0 = none. */
  get key(): number {
    return this.frames.view.getUint32(this.at + FRAME_KEY_AT, true)
  }

  /** Nanoseconds since the Unix epoch. */
  get time(): bigint {
    return this.frames.view.getBigUint64(this.at + FRAME_TIME_AT, true)
  }

  /**
   * The payload decoded if it is MessagePack, else the bytes themselves. Decoded at the first use.
   * @throws ERR_RINGWAL_INPUT if it says to be MessagePack and is not
   */
  get value(): unknown {
    if (this.decoded === NOT_YET) this.decoded = this.isMessagePack ? this.decode() : this.ownPayload()
    return this.decoded
  }

  /**
   * The payload decoded as a declared record: anew at each call, and faster than `value`.
   * @throws ERR_RINGWAL_INPUT if it is a record of another type, or does not fit
   */
  as<T>(decoder: PayloadDecoder<T>): T {
    const { bytes, view, codec } = this.frames
    const start = this.at + FRAME_HEADER_BYTES
    try {
      return decoder.decodePayload(
        this,
        this.isMessagePack ? codec : undefined,
        bytes,
        view,
        start,
        start + this.length,
      )
    } catch (error) {
      throw this.payloadError(error)
    }
  }

  /** Bytes of the payload. */
  get length(): number {
    return this.frames.view.getUint32(this.at + FRAME_LENGTH_AT, true)
  }

  protected get isMessagePack(): boolean {
    const { view } = this.frames
    return (view.getUint8(this.at + FRAME_FLAGS_AT) & FLAG_CODEC_MASK) >> FLAG_CODEC_SHIFT === CODEC_MSGPACK
  }

  /** The payload where it stands. */
  protected get payload(): Uint8Array {
    const start = this.at + FRAME_HEADER_BYTES
    return this.frames.bytes.subarray(start, start + this.length)
  }

  /** The payload as it is handed out. */
  protected ownPayload(): Uint8Array {
    return this.payload
  }

  /** What is thrown for what a decoder threw. */
  protected payloadError(error: unknown): unknown {
    return error
  }

  private decode(): unknown {
    try {
      return this.frames.codec.decode(this.payload)
    } catch (error) {
      throw this.payloadError(error)
    }
  }
}

/** Who prints a record sees what it is, and not all the memory that it stands in. */
Object.defineProperty(FrameRecord.prototype, inspect.custom, {
  value(this: FrameRecord<FrameBytes>): object {
    const { lsn, type, key, time } = this
    return { lsn, type, key, time }
  },
})
