import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileDecoder } from '../../src/codec/declared/compile-decoder.ts'
import { compileEncoder } from '../../src/codec/declared/compile-encoder.ts'
import { planFields } from '../../src/codec/declared/plan.ts'
import { buildDecoder } from '../../src/codec/declared/walk-decoder.ts'
import { buildEncoder } from '../../src/codec/declared/walk-encoder.ts'
import { ScratchRoom } from '../../src/codec/index.ts'
import { inDeclaredOrder, recordOf, type Sample, samples } from './declared-arbitrary.ts'

const ways = [
  { way: 'compiled', compile: true },
  { way: 'built of closures', compile: false },
].flatMap((way) => [false, true].map((useBigInt64) => ({ ...way, useBigInt64 })))

describe.each(ways)('a record $way, useBigInt64 $useBigInt64,', ({ compile, useBigInt64 }) => {
  function forEachSample(check: (sample: Sample) => void, numRuns: number): void {
    for (const isOrdinary of [true, false]) fc.assert(fc.property(samples(useBigInt64, isOrdinary), check), { numRuns })
  }

  it('is stored in the bytes of the general codec, and read as that reads it', () => {
    forEachSample(({ fields, values, settings, general }) => {
      const record = recordOf(fields, compile)
      for (const value of values) {
        const wanted = general.encode(inDeclaredOrder(fields, value)).slice()
        const bytes = record.encodeToBytes(value, settings)
        expect(bytes).toEqual(wanted)
        const decoded = record.decode(bytes, 0, bytes.length, settings)
        expect(decoded).toStrictEqual(general.decode(wanted))
        expect(decoded).toStrictEqual(inDeclaredOrder(fields, value))
      }
    }, 500)
  })

  it('is encoded and decoded without the general codec, unless there is a -0 or an any in it', () => {
    const room = new ScratchRoom()
    const property = fc.property(samples(useBigInt64, true), ({ fields, values, general }) => {
      const plan = { name: 'sample', fields: planFields(fields), keyNames: [] }
      const encode = (compile ? compileEncoder : buildEncoder)(plan, useBigInt64)
      const decode = (compile ? compileDecoder : buildDecoder)(plan.fields, useBigInt64)
      for (const value of values) {
        const end = encode(value, room)
        expect(end).toBe(general.encode(inDeclaredOrder(fields, value)).length)
        expect(decode(room.bytes, room.view, 0, { at: 0, end })).toStrictEqual(inDeclaredOrder(fields, value))
      }
    })
    fc.assert(property, { numRuns: 200 })
  })

  it('is written into given memory, with room to spare and without, and nothing before it', () => {
    forEachSample(({ fields, values, settings, general }) => {
      const record = recordOf(fields, compile)
      const value = values[0]!
      const wanted = general.encode(inDeclaredOrder(fields, value)).slice()
      for (const spare of [0, 3, 4000]) {
        const target = new Uint8Array(new SharedArrayBuffer(5 + wanted.length + spare)).fill(0xee)
        const view = new DataView(target.buffer)
        expect(record.encode(value, target, view, 5, settings)).toBe(5 + wanted.length)
        expect(target.slice(5, 5 + wanted.length)).toEqual(wanted)
        expect(target.slice(0, 5)).toEqual(new Uint8Array(5).fill(0xee))
        expect(record.decode(target, 5, 5 + wanted.length, settings)).toStrictEqual(general.decode(wanted))
      }
      const small = new Uint8Array(wanted.length - 1)
      const refusal = { code: 'ERR_RINGWAL_TOO_LARGE', bytes: wanted.length, limit: wanted.length - 1 }
      expect(() => record.encode(value, small, new DataView(small.buffer), 0, settings)).toThrow(
        expect.objectContaining(refusal),
      )
    }, 100)
  })

  it('is read also when its members are in another order, and others among them', () => {
    forEachSample(({ fields, values, settings, general }) => {
      const record = recordOf(fields, compile)
      const wanted = record.decode(record.encodeToBytes(values[0]!, settings), 0, undefined, settings)
      const strange = { 'not declared': [1], ...Object.fromEntries(Object.entries(values[0]!).toReversed()) }
      const decoded = record.decode(general.encode(strange).slice(), 0, undefined, settings)
      expect(decoded).toStrictEqual(wanted)
      expect(Object.keys(decoded)).toEqual(Object.keys(wanted))
    }, 100)
  })
})
