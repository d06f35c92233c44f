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
