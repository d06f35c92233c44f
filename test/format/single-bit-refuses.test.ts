import { describe, expect, it } from 'vitest'
import {
  createChecker,
  KIND_END,
  KIND_RECORD,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  type SingleBit,
  SingleBitFinder,
} from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { type FrameSpec, frameOf, joined, PAYLOAD_MAX, SALT, u64Payload } from './segment-bytes.ts'

const LIMITS = { salt: SALT, payloadMax: PAYLOAD_MAX, lsnMin: 1, lsnMax: Number.MAX_SAFE_INTEGER }
const finder = new SingleBitFinder()
const checker = await createChecker()
const random = new SeededRandom(5)
const RECORD = frameOf({ kind: KIND_RECORD, lsn: 9, time: 7n, payload: random.bytes(100) })

function find(region: Uint8Array, bits: readonly number[], limits: Partial<typeof LIMITS> = {}): SingleBit | undefined {
  const damaged = region.slice()
  for (const bit of bits) damaged[bit >> 3]! ^= 1 << (bit & 7)
  return finder.find(damaged, { ...LIMITS, ...limits })
}

/** The frame with some bytes changed and its check made to hold again. */
function resealed(frame: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const bytes = frame.slice()
  bytes.set(values, at)
  new DataView(bytes.buffer).setBigUint64(0, checker.xxh64(bytes.subarray(8)) ^ SALT, true)
  return bytes
}

/** In turn a bit of the check, the length, the kind, the LSN, the key, the tag, the payload and the padding behind it. */
const BITS = [5, 64, 99, 129, 260, 290, 700, 8 * RECORD.length - 1]

describe('the search for a single wrong bit finds none', () => {
  it('where two are wrong', () => {
    for (const first of BITS)
      for (const second of BITS) if (first < second) expect(find(RECORD, [first, second])).toBe(undefined)
    for (let i = 0; i < 3000; i++) {
      const [first, second] = [random.below(8 * RECORD.length), random.below(8 * RECORD.length)]
      if (first !== second) expect(find(RECORD, [first, second]), `bits ${first}, ${second}`).toBe(undefined)
    }
  })

  it('where none is wrong', () => {
    expect(find(RECORD, [])).toBe(undefined)
    expect(find(RECORD, [], { lsnMin: 10 })).toBe(undefined)
  })

  it('where either of two would do', () => {
    // Made for this: XXH64 is no signature, and its last words can be chosen so that two flips come to one digest.
    const hex = '2f7cfd18535e45fe180000000100000007000000000000000000000000000000000000007856341'
    const payload = '26c7bf6a5fea4b3cd6270864c385dc16ea718998929ef6b28'
    const frame = new Uint8Array(Buffer.from(hex + payload, 'hex'))
    const candidates = [8 * 48 + 6, 8 * 59 + 7]
    const wanted = new DataView(frame.buffer).getBigUint64(0, true) ^ SALT
    for (const bit of candidates) {
      const repaired = frame.slice()
      repaired[bit >> 3]! ^= 1 << (bit & 7)
      expect(checker.xxh64(repaired.subarray(8))).toBe(wanted)
    }
    expect(find(frame, [])).toBe(undefined)
  })

  it.each<[string, FrameSpec, Partial<typeof LIMITS>, Partial<typeof LIMITS>]>([
    ['a record below the lowest LSN', { kind: KIND_RECORD, lsn: 9 }, { lsnMin: 10 }, { lsnMin: 9 }],
    ['a record above the highest LSN', { kind: KIND_RECORD, lsn: 9 }, { lsnMax: 8 }, { lsnMax: 9 }],
    ['a sync mark above the highest LSN', { kind: KIND_SYNC_MARK, lsn: 9 }, { lsnMax: 8 }, { lsnMin: 99 }],
    ['an end frame below the lowest LSN', { kind: KIND_END, lsn: 9 }, { lsnMin: 11 }, { lsnMin: 10 }],
    ['a tombstone below', { kind: KIND_TOMBSTONE, lsn: 9, payload: u64Payload(12) }, { lsnMin: 10 }, { lsnMin: 9 }],
    [
      'a range that ends above',
      { kind: KIND_TOMBSTONE, lsn: 9, payload: u64Payload(12) },
      { lsnMax: 11 },
      { lsnMax: 12 },
    ],
    [
      'a payload above the longest',
      { kind: KIND_RECORD, lsn: 9, payload: random.bytes(90) },
      { payloadMax: 89 },
      { payloadMax: 90 },
    ],
  ])('where it would give %s', (_, spec, tooNarrow, fitting) => {
    const frame = frameOf(spec)
    // Not of the LSN, the kind, the length or the range: those tell of another frame.
    for (const bit of [5, 200, 260, 290, 8 * frame.length - 1].filter((bit) => bit < 320 || frame.length > 48)) {
      expect(find(frame, [bit], tooNarrow), `bit ${bit}`).toBe(undefined)
      expect(find(frame, [bit], fitting), `bit ${bit}`).toEqual({ at: bit >> 3, bit: bit & 7, bytes: frame.length })
    }
  })

  it.each([
    ['a kind of 0', resealed(RECORD, 12, 0)],
    ['an unknown kind', resealed(RECORD, 12, 6)],
    ['an unknown flag', resealed(RECORD, 13, 8)],
    ['the tag of another salt', resealed(RECORD, 36, 0x79)],
    ['a range that is none', resealed(frameOf({ kind: KIND_TOMBSTONE, lsn: 9, payload: u64Payload(12) }), 40, 8)],
    ['an LSN of 2^53', resealed(RECORD, 16, 0, 0, 0, 0, 0, 0, 32, 0)],
  ])('where it would give %s', (_, frame) => {
    for (const bit of [5, 200, 260]) expect(find(frame, [bit]), `bit ${bit}`).toBe(undefined)
  })

  it('where the frame would end behind the region, and reads nothing there', () => {
    const rest = random.bytes(64)
    for (let cut = 1; cut <= RECORD.length; cut++) {
      const outside = joined(rest, RECORD, rest)
      for (const bit of BITS) {
        outside[64 + (bit >> 3)]! ^= 1 << (bit & 7)
        const region = outside.subarray(64, 64 + RECORD.length - cut)
        if (bit >> 3 < region.length) expect(finder.find(region, LIMITS), `cut ${cut}, bit ${bit}`).toBe(undefined)
        outside[64 + (bit >> 3)]! ^= 1 << (bit & 7)
      }
    }
  })

  it('in bytes that never were a frame, of any length', () => {
    for (let length = 0; length < 300; length++) expect(find(random.bytes(length), [])).toBe(undefined)
    expect(find(new Uint8Array(4096), [])).toBe(undefined)
    expect(find(new Uint8Array(4096).fill(255), [])).toBe(undefined)
  })
})

describe('a length that can not be', () => {
  it.each([0x7fff_ffff, 0xffff_ffd8, 0xffff_ffff, 67_108_825])('of %d harms nothing', (length) => {
    const frame = RECORD.slice()
    new DataView(frame.buffer).setUint32(8, length, true)
    expect(find(frame, [], { payloadMax: 0xffff_ffff })).toBe(undefined)
    expect(find(joined(frame, random.bytes(9999)), [], { payloadMax: 0xffff_ffff })).toBe(undefined)
  })

  it('with one bit wrong is put right, whatever the segment says is the longest payload', () => {
    for (let bit = 64; bit < 96; bit++) {
      const found = { at: bit >> 3, bit: bit & 7, bytes: RECORD.length }
      expect(find(RECORD, [bit], { payloadMax: 0xffff_ffff })).toEqual(found)
      expect(find(RECORD, [bit], { payloadMax: 100 })).toEqual(found)
      expect(find(RECORD, [bit], { payloadMax: 99 })).toBe(undefined)
    }
  })

  it('leaves the region as it was, in memory that is shared or not', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(RECORD.length + 16))
    shared.set(RECORD, 8)
    shared[9]! ^= 4
    const before = shared.slice()
    expect(finder.find(shared.subarray(8, 8 + RECORD.length), LIMITS)).toEqual({ at: 1, bit: 2, bytes: RECORD.length })
    expect(shared).toEqual(before)
  })
})
