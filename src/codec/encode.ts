/** The way out: check, then the library's encoder into one shared buffer. */

import { Encoder } from '@msgpack/msgpack'
import { RingwalError } from '../errors.ts'
import { MAX_DEPTH, OUTLIER_BYTES } from './limits.ts'
import { HAS_NEGATIVE_ZERO, LEAVES_OUT_UNDEFINED, StorableCheck } from './storable.ts'

export class ValueEncoder {
  private readonly useBigInt64: boolean
  private readonly storable: StorableCheck
  /** One encoder for each sum of needs, made when first needed: ordinary records do not pay for rare ones. */
  private readonly encoders: (Encoder | undefined)[] = []

  constructor(useBigInt64: boolean) {
    this.useBigInt64 = useBigInt64
    this.storable = new StorableCheck(useBigInt64)
  }

  encode(value: unknown): Uint8Array {
    const needs = this.storable.check(value)
    const encoder = this.encoders[needs] ?? this.makeEncoder(needs)
    let bytes: Uint8Array
    try {
      bytes = encoder.encodeSharedRef(value)
    } catch (error) {
      this.encoders[needs] = undefined
      if (!(error instanceof RangeError)) throw error
      throw new RingwalError('ERR_RINGWAL_TOO_LARGE', `the value can not be encoded: ${error.message}`, {}, error)
    }
    if (bytes.byteLength > OUTLIER_BYTES) this.encoders[needs] = undefined
    return bytes
  }

  private makeEncoder(needs: number): Encoder {
    const encoder = new Encoder({
      useBigInt64: this.useBigInt64,
      // The library also counts the innermost value.
      maxDepth: MAX_DEPTH + 1,
      ignoreUndefined: (needs & LEAVES_OUT_UNDEFINED) !== 0,
      // The library writes -0 as the integer 0. As floats, all numbers come back as they were, the sign of -0 too.
      forceIntegerToFloat: (needs & HAS_NEGATIVE_ZERO) !== 0,
    })
    this.encoders[needs] = encoder
    return encoder
  }
}
