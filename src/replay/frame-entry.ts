import type { Codec, DeclaredRecord } from '../codec/index.ts'
import { RingwalError } from '../errors.ts'
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
import type { ReplayEntry } from './reducer.ts'

/** Frames of one segment, one behind the other, that were checked, and that nobody changes any more. */
export interface FrameBytes {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly codec: Codec
}

/**
 * An entry over a frame's bytes: reads what is asked for. Bytes that it hands out are views of memory that it shares with
 * thousands of other records; they stay as they are, but who keeps them keeps all of that memory.
 */
export class FrameEntry implements ReplayEntry {
  readonly lsn: number
  readonly type: number
  readonly key: number
  private readonly frames: FrameBytes
  private readonly at: number
  private decoded: unknown
  private isDecoded = false

  constructor(frames: FrameBytes, at: number, lsn: number) {
    const { view } = frames
    this.lsn = lsn
    this.type = view.getUint16(at + FRAME_TYPE_AT, true)
    this.key = view.getUint32(at + FRAME_KEY_AT, true)
    this.frames = frames
    this.at = at
  }

  get time(): bigint {
    return this.frames.view.getBigUint64(this.at + FRAME_TIME_AT, true)
  }

  /** @throws ERR_RINGWAL_INPUT, with the LSN, if it says to be MessagePack and is not */
  get value(): unknown {
    if (!this.isDecoded) {
      this.decoded = this.decode()
      this.isDecoded = true
    }
    return this.decoded
  }

  /**
   * The payload decoded as a declared record: anew at each call, without going through `value`.
   * @throws ERR_RINGWAL_INPUT, with the LSN, if it is a record of another type, or does not fit
   */
  as<T>(record: DeclaredRecord<T>): T {
    const { bytes, view, codec } = this.frames
    const start = this.at + FRAME_HEADER_BYTES
    const end = start + view.getUint32(this.at + FRAME_LENGTH_AT, true)
    try {
      return record.decodePayload(this, this.isMessagePack ? codec : undefined, bytes, view, start, end)
    } catch (error) {
      throw this.payloadError(error)
    }
  }

  private get isMessagePack(): boolean {
    const { view } = this.frames
    return (view.getUint8(this.at + FRAME_FLAGS_AT) & FLAG_CODEC_MASK) >> FLAG_CODEC_SHIFT === CODEC_MSGPACK
  }

  private decode(): unknown {
    const { bytes, view, codec } = this.frames
    const start = this.at + FRAME_HEADER_BYTES
    const payload = bytes.subarray(start, start + view.getUint32(this.at + FRAME_LENGTH_AT, true))
    if (!this.isMessagePack) return payload
    try {
      return codec.decode(payload)
    } catch (error) {
      throw this.payloadError(error)
    }
  }

  private payloadError(error: unknown): unknown {
    return error instanceof RingwalError ? new PayloadError(this.lsn, error) : error
  }
}

/** A payload that can not be decoded: the log's fault, and not the reducer's. */
export class PayloadError extends RingwalError {
  constructor(lsn: number, { message, facts }: RingwalError) {
    super('ERR_RINGWAL_INPUT', `LSN ${lsn}: ${message}`, { ...facts, lsn })
  }
}
