import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FrameFields, frameBytes, readFrame, readLsn, writeFrame } from '../../src/format/index.ts'
import { frameOf } from './segment-bytes.ts'

const anyFields: fc.Arbitrary<Required<FrameFields>> = fc.record({
  kind: fc.integer({ min: 1, max: 255 }),
  lsn: fc.maxSafeNat(),
  length: fc.integer({ min: 0, max: 67_108_824 }),
  codec: fc.constantFrom(0, 1),
  continuesBatch: fc.boolean(),
  type: fc.integer({ min: 0, max: 65_535 }),
  time: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  key: fc.integer({ min: 0, max: 0xffff_ffff }),
})

describe('a frame header', () => {
  it('comes back as it was written, over whatever stood there', () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ minLength: 56, maxLength: 56 }), (fields, before) => {
        const view = new DataView(before.buffer)
        writeFrame(view, 8, fields)
        expect(readFrame(view, 8)).toEqual({ check: 0n, ...fields })
        expect(readLsn(view, 8)).toBe(fields.lsn)
      }),
    )
  })

  it('has the bytes that the format document draws', () => {
    const frame = frameOf(
      {
        kind: 1,
        lsn: 0x0001_0203_0405,
        type: 0x0607,
        time: 0x08090a0b_0c0d0e0fn,
        key: 0x1011_1213,
        codec: 1,
        continuesBatch: true,
        payload: Uint8Array.of(0xaa, 0xbb),
      },
      0xfeed_face_1234_5678n,
    )
    expect(Buffer.from(frame).toString('hex').match(/.{16}/g)?.slice(1)).toEqual([
      '0200000001030706',
      '0504030201000000',
      '0f0e0d0c0b0a0908',
      '1312111078563412',
      'aabb000000000000',
    ])
  })

  it('takes its payload up to the next multiple of 8', () => {
    expect([0, 1, 7, 8, 9, 67_108_824].map(frameBytes)).toEqual([40, 48, 48, 48, 56, 67_108_864])
  })
})
