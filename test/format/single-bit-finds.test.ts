import { describe, expect, it } from 'vitest'
import {
  frameBytes,
  KIND_END,
  KIND_NOTE,
  KIND_PADDING,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  SINGLE_BIT_LONGEST,
  SingleBitFinder,
} from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { type FrameSpec, frameOf, joined, SALT, u64Payload } from './segment-bytes.ts'

const LIMITS = { salt: SALT, payloadMax: 1 << 20, lsnMin: 1, lsnMax: Number.MAX_SAFE_INTEGER }
const finder = new SingleBitFinder()
const random = new SeededRandom(3)

function record(payloadLength: number): Uint8Array {
  const payload = random.bytes(payloadLength)
  return frameOf({ kind: KIND_RECORD, lsn: 1 + random.below(1 << 30), time: 7n, key: random.uint32(), payload })
}

/** Those of the bits that are not found back at their place, with `rest` behind the frame. */
function lostBits(
  frame: Uint8Array,
  bits: Iterable<number>,
  rest: Uint8Array = new Uint8Array(0),
  longest?: number,
): number[] {
  const region = joined(frame, rest)
  const settings = longest === undefined ? LIMITS : { ...LIMITS, longest }
  return [...bits].filter((bit) => {
    region[bit >> 3]! ^= 1 << (bit & 7)
    const found = finder.find(region, settings)
    region[bit >> 3]! ^= 1 << (bit & 7)
    return found?.at !== bit >> 3 || found.bit !== (bit & 7) || found.bytes !== frame.length
  })
}

function everyBit(frame: Uint8Array): Iterable<number> {
  return Array(8 * frame.length).keys()
}

describe('the search for a single wrong bit', () => {
  it('finds every bit of records with payloads of 0 to 200 bytes', () => {
    for (let length = 0; length <= 200; length++) {
      const frame = record(length)
      expect(lostBits(frame, everyBit(frame)), `payload of ${length}`).toEqual([])
    }
  })

  it.each<[string, FrameSpec]>([
    ['a sync mark', { kind: KIND_SYNC_MARK, lsn: 9 }],
    ['padding', { kind: KIND_PADDING, lsn: 0, payload: new Uint8Array(50) }],
    ['an end frame', { kind: KIND_END, lsn: 9 }],
    ['a tombstone', { kind: KIND_TOMBSTONE, lsn: 9 }],
    ['a tombstone of a range', { kind: KIND_TOMBSTONE, lsn: 9, payload: u64Payload(12) }],
    ['a note', { kind: KIND_NOTE, lsn: 9, type: 1, payload: random.bytes(12) }],
    ['a frame to skip', { kind: KIND_SKIPPABLE_BIT | 0x55, lsn: 0, codec: 3, payload: random.bytes(3) }],
    ['a record of 2^53 - 1', { kind: KIND_RECORD, lsn: Number.MAX_SAFE_INTEGER, payload: random.bytes(12) }],
  ])('finds every bit of %s', (_, spec) => {
    const frame = frameOf(spec)
    expect(lostBits(frame, everyBit(frame))).toEqual([])
  })

  it('finds it whatever stands behind the frame', () => {
    for (const length of [0, 30, 100]) {
      const frame = record(length)
      expect(lostBits(frame, everyBit(frame), random.bytes(100 + length))).toEqual([])
      expect(lostBits(frame, everyBit(frame), new Uint8Array(1 << 16))).toEqual([])
      expect(lostBits(frame, everyBit(frame), record(length))).toEqual([])
    }
  })

  it.each([700, 1000, 4056, 8191, SINGLE_BIT_LONGEST - 40])('finds bits of a record of %d bytes', (length) => {
    const frame = record(length)
    const bits = Array.from({ length: 12 }, () => random.below(8 * frame.length))
    expect(lostBits(frame, [0, 63, 64, 95, 96, 319, 8 * frame.length - 1, ...bits])).toEqual([])
  })

  it('tries of a longer frame the check, the length and a header that can not stand as it is', () => {
    const frame = record(SINGLE_BIT_LONGEST - 39)
    const [payloadBit, keyBit, tagBit, kindBit] = [8 * 5000, 8 * 33, 8 * 37 + 2, 8 * 12 + 6]
    const told = [...Array(96).keys(), tagBit, kindBit]
    expect(lostBits(frame, [...told, payloadBit, keyBit])).toEqual([payloadBit, keyBit])
    expect(lostBits(frame, [payloadBit, keyBit], new Uint8Array(0), frame.length)).toEqual([])
    expect(lostBits(record(100), [500], new Uint8Array(0), frameBytes(100) - 1)).toEqual([500])
  })
})
