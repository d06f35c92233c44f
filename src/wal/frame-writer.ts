import {
  CODEC_MSGPACK,
  FLAG_CODEC_SHIFT,
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_TIME_AT,
  frameBytes,
  KIND_RECORD,
} from '../format/index.ts'
import type { RingMemory } from '../ring/index.ts'
import type { RecordOptions } from './record-options.ts'
import type { TimeStamp } from './time-stamp.ts'

/** Up to this length a payload is copied word by word, which is faster than to set up a call for it. */
const WORDWISE_BYTES = 512

/** Writes frames of records into claims on the ring; all but the check and the tag, which are the writer thread's. */
export class FrameWriter {
  private readonly bytes: Uint8Array
  private readonly words: Int32Array
  private readonly stamp: TimeStamp

  /** @param stamp the time of records that are given none, as it was set last */
  constructor({ bytes, words }: RingMemory, stamp: TimeStamp) {
    this.bytes = bytes
    this.words = words
    this.stamp = stamp
  }

  /** A record of bytes that stand somewhere else. */
  write(at: number, bytes: Uint8Array, flags: number, lsn: number, options: RecordOptions): void {
    const { length } = bytes
    this.header(at, length, flags, options.type ?? 0, lsn, options.key ?? 0, options.time)
    if ((length & 7) !== 0) {
      const last = (at + frameBytes(length)) >> 2
      this.words[last - 1] = 0
      this.words[last - 2] = 0
    }
    this.bytes.set(bytes, at + FRAME_HEADER_BYTES)
  }

  /** The header of a MessagePack record whose payload is written, with zeros to the next multiple of 8. */
  close(at: number, length: number, type: number, lsn: number, key: number, time: bigint | undefined): void {
    this.header(at, length, CODEC_MSGPACK << FLAG_CODEC_SHIFT, type, lsn, key, time)
  }

  /** Copies a payload from other memory. @param length a multiple of 8, as its zeros come with it */
  copyPayload(at: number, bytes: Uint8Array, words: Int32Array, length: number): void {
    const start = at + FRAME_HEADER_BYTES
    if (length > WORDWISE_BYTES) this.bytes.set(bytes.subarray(0, length), start)
    else for (let from = 0, into = start >> 2; from < length >> 2; from++, into++) this.words[into] = words[from]!
  }

  private header(
    at: number,
    length: number,
    flags: number,
    type: number,
    lsn: number,
    key: number,
    time: bigint | undefined,
  ): void {
    const { words } = this
    const header = at >> 2
    words[header + (FRAME_LENGTH_AT >> 2)] = length
    words[header + (FRAME_KIND_AT >> 2)] = KIND_RECORD | (flags << 8) | (type << 16)
    words[header + (FRAME_LSN_AT >> 2)] = lsn
    words[header + (FRAME_LSN_AT >> 2) + 1] = lsn / 4294967296
    const timeAt = header + (FRAME_TIME_AT >> 2)
    if (time === undefined) {
      words[timeAt] = this.stamp.words[0]!
      words[timeAt + 1] = this.stamp.words[1]!
    } else {
      words[timeAt] = Number(time & 0xffffffffn)
      words[timeAt + 1] = Number(time >> 32n)
    }
    words[header + (FRAME_KEY_AT >> 2)] = key
  }
}
