import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFrame, anyHarm, createTwins, doHarm, writeAnyFrames } from './twin-kernels.ts'

const twins = await createTwins(1 << 16)
const state = new Uint8Array(0)
const anySalt = fc.constantFrom(0n, 1n, 0x8000_0000_0000_0001n, 0x0102_0304_0506_0708n, (1n << 64n) - 1n)

function sealBoth(bytes: Uint8Array, salt: bigint, lsn: bigint): readonly [bigint, bigint] {
  twins.load(bytes, state)
  const { wasm, plain } = twins
  const to = wasm.dataAt + bytes.length
  const results = [
    wasm.kernel.seal(wasm.dataAt, to, salt, lsn),
    plain.kernel.seal(plain.dataAt, to, salt, lsn),
  ] as const
  expect(wasm.bytes.slice(wasm.dataAt, to)).toEqual(plain.bytes.slice(plain.dataAt, to))
  return results
}

describe('seal of the WebAssembly kernel', () => {
  it('writes the bytes, and gives the answer, of the reference', () => {
    const first = fc.constantFrom(1n, (1n << 32n) - 2n)
    const frames = fc.array(anyFrame, { maxLength: 20 })
    const property = fc.property(
      frames,
      fc.array(anyHarm, { maxLength: 1 }),
      anySalt,
      first,
      (list, harm, salt, lsn) => {
        const bytes = writeAnyFrames(list, 0n, lsn)
        doHarm(bytes, harm)
        const [answer, reference] = sealBoth(bytes, salt, lsn)
        expect(answer).toBe(reference)
      },
    )
    const frame = { flags: 0, lsnStep: 0n, foreign: 0n, untagged: false, range: 1 }
    const list = [
      { ...frame, kind: 1, payload: new Uint8Array(0) },
      { ...frame, kind: 5, payload: new Uint8Array(8) },
    ]
    // A tombstone whose range, of noise, ends above 2^63.
    const harm = [{ kind: 'noise', at: 64, length: 24 }] as const
    fc.assert(property, { numRuns: 1500, examples: [[list, [...harm], 0n, 1n]] })
  })

  it('makes of fitting frames what a writer of the format would', () => {
    const fitting = anyFrame.map((frame) => ({
      ...frame,
      kind: frame.kind <= 5 ? frame.kind || 1 : 1,
      lsnStep: 0n,
      foreign: 0n,
      untagged: false,
    }))
    const frames = fc.array(
      fitting.map((frame) => ({ ...frame, range: Math.max(1, frame.range) })),
      { minLength: 1, maxLength: 20 },
    )
    const property = fc.property(frames, anySalt, (list, salt) => {
      sealBoth(writeAnyFrames(list, 0n, 5n), salt, 5n)
      const { wasm } = twins
      const sealed = writeAnyFrames(list, salt, 5n)
      expect(wasm.bytes.slice(wasm.dataAt, wasm.dataAt + sealed.length)).toEqual(sealed)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it.each([67108825, 0x7fff_ffff, 0xffff_ffd8, 0xffff_ffff])(
    'refuses a length of %d without reading past the end',
    (length) => {
      const bytes = new Uint8Array(64)
      const view = new DataView(bytes.buffer)
      view.setUint32(8, length, true)
      view.setUint8(12, 1)
      view.setUint8(16, 1)
      expect(sealBoth(bytes, 7n, 1n)).toEqual([0n, 0n])
    },
  )
})
