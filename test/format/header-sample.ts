import fc from 'fast-check'
import type { SegmentHeader } from '../../src/format/index.ts'

/** A header with another value in every field. */
export const SAMPLE_HEADER: SegmentHeader = {
  logId: '00112233445566778899aabbccddeeff',
  number: 2,
  firstLsn: 1001,
  salt: 0xfeed_face_1234_5678n,
  created: 1_767_225_600_000_000_000n,
  epoch: 3,
  previous: { lastLsn: 1000, endOffset: 196_648, lastCheck: 0x0123_4567_89ab_cdefn },
  codecSettings: 1,
  payloadMax: 1_048_576,
  recycledSalt: 0xdead_beef_0bad_f00dn,
}

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

/** Any header that can be written. */
export const anyHeader: fc.Arbitrary<SegmentHeader> = fc
  .record({
    logId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    number: positive,
    firstLsn: positive,
    salt: u64,
    created: u64,
    epoch: fc.maxSafeNat(),
    previous: fc.record({ endOffset: fc.maxSafeNat(), lastCheck: u64 }),
    codecSettings: fc.constantFrom(0, 1),
    payloadMax: fc.integer({ min: 0, max: 67_108_824 }),
    recycledSalt: u64,
  })
  .map((header) => ({ ...header, previous: { ...header.previous, lastLsn: header.firstLsn - 1 } }))
