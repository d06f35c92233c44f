import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeclaredRecord, type Field, type Fields, field } from '../../src/codec/index.ts'
import { RingwalError } from '../../src/errors.ts'
import { bigintCodec, codec, errorOf } from './helpers.ts'

type Values = Record<string, unknown>

function records(fields: Fields): DeclaredRecord<Values>[] {
  return [true, false].map((compile) => new DeclaredRecord<Values>({ name: 'sample', type: 1, fields }, compile))
}

const fields = {
  id: field.string(),
  side: field.enum('buy', 'sell'),
  size: field.u16(),
  price: field.f64(),
  at: field.optional(field.timestamp()),
  leg: field.optional(field.nested({ raw: field.bytes(), isLast: field.bool(), n: field.i53() })),
  note: field.optional(field.string()),
}
const value = {
  id: 'an identifier of more than 24 characters',
  side: 'sell',
  size: 300,
  price: 5.5,
  at: new Date(1234),
  leg: { raw: Uint8Array.of(1, 2), isLast: true, n: -(2 ** 40) },
  note: 'é日😀',
}

describe('stored otherwise than it is declared:', () => {
  it('a member that is missing is named', () => {
    for (const record of records(fields)) {
      const error = errorOf(() => record.decode(codec.encode({ ...value, leg: { raw: new Uint8Array(0), n: 1 } })))
      expect(error.code).toBe('ERR_RINGWAL_INPUT')
      expect(error.facts).toMatchObject({
        record: 'sample',
        field: 'leg.isLast',
        value: 'undefined',
        allowed: 'true, false',
      })
    }
  })

  const misfits: [string, Field<unknown>, unknown][] = [
    ['string', field.string(), 5],
    ['enum', field.enum('a', 'b'), 'c'],
    ['u8', field.u8(), 256],
    ['u8', field.u8(), -1],
    ['i8', field.i8(), -129],
    ['u32', field.u32(), 2 ** 32],
    ['u53', field.u53(), 0.5],
    ['bool', field.bool(), 1],
    ['bytes', field.bytes(), 'x'],
    ['timestamp', field.timestamp(), 5],
    ['nested', field.nested({ x: field.u8() }), []],
    ['i64', field.i64(), 5],
    ['optional', field.optional(field.u8()), null],
  ]
  it.each(misfits)('a member that is no %s is named', (_, x, member) => {
    for (const record of records({ x })) {
      const error = errorOf(() => record.decode(codec.encode({ x: member })))
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_INPUT', record: 'sample', field: 'x' })
    }
  })

  it('a number is no bigint, and a bigint no number', () => {
    const settings = { useBigInt64: true }
    for (const record of records({ x: field.u53() })) {
      expect(errorOf(() => record.decode(bigintCodec.encode({ x: 5n }), 0, undefined, settings)).facts['value']).toBe(
        '5n',
      )
    }
    for (const record of records({ x: field.i64() })) {
      expect(errorOf(() => record.decode(bigintCodec.encode({ x: 5 }), 0, undefined, settings)).facts['value']).toBe(
        '5',
      )
      expect(errorOf(() => record.decode(bigintCodec.encode({ x: 2n ** 63n }), 0, undefined, settings)).code).toBe(
        'ERR_RINGWAL_INPUT',
      )
    }
  })

  it.each([[[1, 2]], [5], ['x'], [null], [new Date(5)], [new Uint8Array(2)]])('%j is no record', (stored) => {
    for (const record of records({ x: field.optional(field.u8()) })) {
      const error = errorOf(() => record.decode(codec.encode(stored)))
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_INPUT', field: '', allowed: 'an object' })
    }
  })

  it('wider headers than need be are read', () => {
    // {id: "a", n: 5} with a map of 16 bits, a name and a text of 8, and an integer of 32.
    const wide = [0xde, 0, 2, 0xd9, 2, 0x69, 0x64, 0xd9, 1, 0x61, 0xa1, 0x6e, 0xce, 0, 0, 0, 5]
    const floats = [0x82, 0xa2, 0x69, 0x64, 0xda, 0, 1, 0x61, 0xa1, 0x6e, 0xca, 0x40, 0xa0, 0, 0]
    for (const record of records({ id: field.string(), n: field.u8() })) {
      expect(record.decode(Uint8Array.from(wide))).toStrictEqual({ id: 'a', n: 5 })
      expect(record.decode(Uint8Array.from(floats))).toStrictEqual({ id: 'a', n: 5 })
    }
  })

  it('a member that an optional one of an object inside it shares its name with stays where it is', () => {
    const inner = { a: field.optional(field.u8()) }
    for (const record of records({ inner: field.nested(inner), a: field.u8() })) {
      const stored = record.encodeToBytes({ inner: {}, a: 7 })
      expect(record.decode(stored)).toStrictEqual({ inner: {}, a: 7 })
    }
  })
})

describe('bytes that were changed', () => {
  const stored = records(fields)[0]!.encodeToBytes(value)

  /** What the general codec makes of them, through the same declaration; the error's code, if that refuses. */
  function outcome(read: () => unknown): unknown {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RingwalError)) throw error
      return error.code
    }
  }

  it('are refused when they are cut anywhere, or go on', () => {
    for (const record of records(fields)) {
      for (let length = 0; length < stored.length; length++) {
        const memory = new Uint8Array(stored)
        expect(errorOf(() => record.decode(memory, 0, length)).code).toBe('ERR_RINGWAL_INPUT')
        expect(errorOf(() => record.decode(stored.slice(0, length))).code).toBe('ERR_RINGWAL_INPUT')
      }
      expect(errorOf(() => record.decode(Uint8Array.from([...stored, 0]))).code).toBe('ERR_RINGWAL_INPUT')
    }
  })

  it('are refused when they are cut in a bigint', () => {
    const settings = { useBigInt64: true }
    for (const record of records({ x: field.i64(), y: field.u64() })) {
      const whole = record.encodeToBytes({ x: -5n, y: 2n ** 63n }, settings)
      for (let length = 0; length < whole.length; length++) {
        expect(errorOf(() => record.decode(whole.slice(), 0, length, settings)).code).toBe('ERR_RINGWAL_INPUT')
        expect(errorOf(() => record.decode(whole.slice(0, length), 0, length, settings)).code).toBe('ERR_RINGWAL_INPUT')
      }
    }
  })

  it('give what the general codec makes of them, or are refused', () => {
    const change = fc.record({ at: fc.nat(stored.length - 1), byte: fc.nat(255) })
    const [compiled, walked] = records(fields)
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = stored.slice()
      for (const { at, byte } of changes) changed[at] = byte
      const general = outcome(() => walked!.coder(false).conform(codec.decode(changed)))
      expect(outcome(() => compiled!.decode(changed))).toStrictEqual(general)
      expect(outcome(() => walked!.decode(changed))).toStrictEqual(general)
    })
    fc.assert(property, { numRuns: 5000 })
  })

  it('take no memory for lengths that they only declare', () => {
    const hostile = [0x81, 0xa3, 0x72, 0x61, 0x77, 0xc6, 0xff, 0xff, 0xff, 0xff]
    for (const record of records({ raw: field.bytes() })) {
      expect(errorOf(() => record.decode(Uint8Array.from(hostile))).code).toBe('ERR_RINGWAL_INPUT')
    }
  })
})
