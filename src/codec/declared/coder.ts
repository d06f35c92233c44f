import { type Codec, createCodec } from '../codec.ts'
import { compileDecoder } from './compile-decoder.ts'
import { compileEncoder } from './compile-encoder.ts'
import { type Blame, conform } from './conform.ts'
import type { Decode } from './decode.ts'
import type { Encode } from './encode.ts'
import type { RecordPlan } from './plan.ts'
import { UNFIT } from './put-text.ts'
import type { Room } from './room.ts'
import type { Cursor } from './take.ts'
import { buildDecoder } from './walk-decoder.ts'
import { buildEncoder } from './walk-encoder.ts'

/** Encoder and decoder of one declared record under one setting of the codec. */
export class RecordCoder {
  private readonly plan: RecordPlan
  private readonly useBigInt64: boolean
  private readonly codec: Codec
  private readonly encodeFast: Encode
  private readonly decodeFast: Decode
  private readonly cursor: Cursor = { at: 0, end: 0 }

  /** @param compile whether code may be made of strings */
  constructor(plan: RecordPlan, useBigInt64: boolean, compile: boolean) {
    this.plan = plan
    this.useBigInt64 = useBigInt64
    this.codec = createCodec({ useBigInt64 })
    this.encodeFast = (compile ? compileEncoder : buildEncoder)(plan, useBigInt64)
    this.decodeFast = (compile ? compileDecoder : buildDecoder)(plan.fields, useBigInt64)
  }

  /**
   * Encodes a record where `room` has it.
   * @returns the index behind it in `room.bytes`, with its key in `room.key`; -1 if it must be encoded aside: then no
   *   room is taken
   */
  encode(value: unknown, room: Room): number {
    try {
      return this.encodeFast(value, room)
    } catch (error) {
      room.cancel()
      // A getter's own RangeError comes again where the members are read again.
      if (error === UNFIT || error instanceof RangeError) return -1
      throw error
    }
  }

  /**
   * The same by the general codec, which takes longer and has a word for what does not fit.
   * @returns a view of a shared buffer, valid until the next record of this kind is encoded so
   * @throws ERR_RINGWAL_VALUE; ERR_RINGWAL_TOO_LARGE
   */
  encodeAside(value: unknown): Uint8Array {
    return this.codec.encode(conform(this.plan.fields, value, this.useBigInt64, this.blame('ERR_RINGWAL_VALUE')))
  }

  /** @param view of the same memory as `bytes`. @throws ERR_RINGWAL_INPUT */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number): unknown {
    const { cursor } = this
    cursor.at = start
    cursor.end = end
    return this.decodeFast(bytes, view, start, cursor) ?? this.decodeAny(bytes.subarray(start, end))
  }

  private decodeAny(bytes: Uint8Array): unknown {
    return this.conform(this.codec.decode(bytes))
  }

  /** Takes the record's members out of a value that was decoded already. @throws ERR_RINGWAL_INPUT */
  conform(value: unknown): unknown {
    return conform(this.plan.fields, value, this.useBigInt64, this.blame('ERR_RINGWAL_INPUT'))
  }

  private blame(code: Blame['code']): Blame {
    return { record: this.plan.name, code }
  }
}
