import { describe, expect, it } from 'vitest'
import { createCodec, DeclaredRecord, type Field, field, ScratchRoom } from '../../src/codec/index.ts'
import { codec, errorOf } from './helpers.ts'

const U64 = { useBigInt64: true }

/** A record with one field `x`, compiled and not. */
function withField(x: Field<unknown>): DeclaredRecord<{ x?: unknown }>[] {
  return [true, false].map(
    (compile) => new DeclaredRecord<{ x?: unknown }>({ name: 'sample', type: 1, fields: { x } }, compile),
  )
}

const refused: [kind: string, field: Field<unknown>, allowed: string | RegExp, values: unknown[]][] = [
  [
    'string',
    field.string(),
    'a string without lone surrogates',
    [1, null, undefined, 'a\ud800', `${'x'.repeat(80)}\udc00`],
  ],
  ['u8', field.u8(), 'an integer from 0 to 255', [-1, 256, 1.5, NaN, Infinity, '1', 1n, true, null, undefined, [5]]],
  ['u16', field.u16(), 'an integer from 0 to 65535', [-1, 65536, 0.1]],
  ['u32', field.u32(), 'an integer from 0 to 4294967295', [-1, 2 ** 32, 0.1]],
  ['u53', field.u53(), /from 0 to 9007199254740991/, [-1, 2 ** 53, 0.1]],
  ['i8', field.i8(), 'an integer from -128 to 127', [-129, 128]],
  ['i16', field.i16(), 'an integer from -32768 to 32767', [-32769, 32768]],
  ['i32', field.i32(), 'an integer from -2147483648 to 2147483647', [-(2 ** 31) - 1, 2 ** 31]],
  ['i53', field.i53(), /from -9007199254740991/, [-(2 ** 53), 2 ** 53]],
  ['i64', field.i64(), /a bigint from -9223372036854775808 to/, [5, -(2n ** 63n) - 1n, 2n ** 63n, '5']],
  ['u64', field.u64(), /a bigint from 0 to/, [5, -1n, 2n ** 64n]],
  ['f64', field.f64(), 'a number', ['1', 1n, null, new Date()]],
  ['bool', field.bool(), 'true, false', [0, 1, 'true', null]],
  ['enum', field.enum('buy', 'sell'), '"buy", "sell"', ['Buy', '', 1, null, ['buy']]],
  ['large enum', field.enum(...Array.from({ length: 20 }, (_, i) => `t${i}`)), /20 texts/, ['t20', 1]],
  [
    'bytes',
    field.bytes(),
    'a Uint8Array',
    [[1], 'x', new DataView(new ArrayBuffer(1)), new Uint16Array(1), detached(), Object.create(Uint8Array.prototype)],
  ],
  [
    'timestamp',
    field.timestamp(),
    'a valid Date',
    [0, 'now', new Date(NaN), Object.create(Date.prototype), new (class extends Date {})()],
  ],
  ['nested', field.nested({ y: field.u8() }), 'an object', [1, 'x', null, undefined]],
  ['any', field.any(), 'any value', [undefined]],
]

function detached(): Uint8Array {
  const bytes = new Uint8Array(4)
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}

describe('a value that does not fit is refused, with record, field, value and what is allowed', () => {
  it.each(refused)('%s', (_, x, allowed, values) => {
    for (const record of withField(x)) {
      for (const value of values) {
        const error = errorOf(() => record.encodeToBytes({ x: value }, U64))
        expect(error.code).toBe('ERR_RINGWAL_VALUE')
        expect(error.facts).toMatchObject({ record: 'sample', field: 'x', allowed: expect.stringMatching(allowed) })
        expect(error.facts['value']).toBeTypeOf('string')
        expect(error.message).toContain('record sample, field x')
      }
    }
  })

  it('an optional field takes undefined, and nothing else that is not of its kind', () => {
    for (const record of withField(field.optional(field.u8()))) {
      expect(record.encodeToBytes({ x: undefined })).toEqual(Uint8Array.of(0x80))
      expect(record.encodeToBytes({})).toEqual(Uint8Array.of(0x80))
      expect(errorOf(() => record.encodeToBytes({ x: null })).facts).toMatchObject({ field: 'x', value: 'null' })
    }
  })

  it('names a field of a nested object by its path', () => {
    for (const record of withField(field.nested({ leg: field.nested({ price: field.f64() }) }))) {
      const error = errorOf(() => record.encodeToBytes({ x: { leg: { price: '5' } } }))
      expect(error.facts).toMatchObject({ field: 'x.leg.price', value: '"5"', allowed: 'a number' })
    }
  })

  it.each([[null], [undefined], ['x'], [5], [[]], [new Date()], [new Uint8Array(1)]])('as a record: %j', (value) => {
    for (const record of withField(field.optional(field.u8()))) {
      const error = errorOf(() => record.encodeToBytes(value as object))
      expect(error.code).toBe('ERR_RINGWAL_VALUE')
      expect(error.facts).toMatchObject({ record: 'sample', field: '', allowed: 'an object' })
    }
  })

  it('a bigint of a log without useBigInt64', () => {
    for (const record of withField(field.i64())) {
      expect(errorOf(() => record.encodeToBytes({ x: 5n })).facts['allowed']).toMatch(/useBigInt64/)
    }
  })

  it('what the general codec refuses in an any, with the path to it', () => {
    for (const record of withField(field.any())) {
      const error = errorOf(() => record.encodeToBytes({ x: { deep: [new Map()] } }))
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_VALUE', path: '$.x.deep[0]', reason: 'an instance of Map' })
    }
  })
})

describe('members', () => {
  const fields = { id: field.string(), size: field.u32() }
  const records = [true, false].map(
    (compile) => new DeclaredRecord<{ id: string; size: number }>({ name: 'order', type: 1, fields }, compile),
  )

  it('that are not declared are neither stored nor looked at', () => {
    const value = {
      get other(): never {
        throw new Error('read')
      },
      size: 5,
      id: 'a',
    }
    for (const record of records) expect(codec.decode(record.encodeToBytes(value))).toStrictEqual({ id: 'a', size: 5 })
  })

  it('may be inherited, or getters, each read once', () => {
    class Order {
      reads = 0
      get id(): string {
        this.reads++
        return 'a'
      }
      get size(): number {
        this.reads++
        return 5
      }
    }
    for (const record of records) {
      const order = new Order()
      expect(record.decode(record.encodeToBytes(order))).toStrictEqual({ id: 'a', size: 5 })
      expect(order.reads).toBe(2)
    }
  })

  it('may encode another record when they are read', () => {
    for (const record of records) {
      const room = new ScratchRoom()
      const value = {
        id: 'outer',
        get size(): number {
          return record.coder(false).encode({ id: 'a much longer inner one', size: 70_000 }, room)
        },
      }
      const end = record.coder(false).encode(value, room)
      expect(codec.decode(room.bytes.slice(0, end))).toStrictEqual({ id: 'outer', size: 38 })
    }
  })

  it('let the error of a getter through', () => {
    for (const error of [new TypeError('mine'), new RangeError('mine')]) {
      const value = {
        id: 'a',
        get size(): number {
          throw error
        },
      }
      for (const record of records) expect(() => record.encodeToBytes(value)).toThrow(error)
    }
  })
})

it('a -0 makes all numbers floats, as in the general codec, and comes back', () => {
  for (const record of withField(field.nested({ a: field.f64(), b: field.i32(), c: field.u8() }))) {
    for (const value of [
      { a: -0, b: 1, c: 2 },
      { a: 1, b: -0, c: 2 },
      { a: 1, b: 2, c: -0 },
    ]) {
      const bytes = record.encodeToBytes({ x: value })
      expect(bytes).toEqual(codec.encode({ x: value }))
      expect(record.decode(bytes)).toStrictEqual({ x: value })
    }
  }
})

it('a Buffer, and bytes in shared memory, come back as a Uint8Array with a buffer of its own', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(300)).fill(9)
  for (const record of withField(field.bytes())) {
    for (const value of [Buffer.from('abc'), Buffer.alloc(100, 7), shared]) {
      const { x } = record.decode(Buffer.from(record.encodeToBytes({ x: value })))
      expect(x).toStrictEqual(new Uint8Array(value))
      expect((x as Uint8Array).buffer.byteLength).toBe(value.length)
    }
  }
})

it('records larger than the scratch memory are encoded all the same', () => {
  const big = createCodec(U64)
  for (const record of withField(field.string())) {
    for (const x of ['x'.repeat(65_535), 'x'.repeat(65_536), '日😀'.repeat(40_000)]) {
      const bytes = record.encodeToBytes({ x }, U64)
      expect(bytes).toEqual(big.encode({ x }))
      expect(record.decode(bytes, 0, bytes.length, U64)).toStrictEqual({ x })
    }
  }
})

describe('memory that is not what it should be is refused:', () => {
  const [record] = withField(field.u8())
  const target = new Uint8Array(100)
  const view = new DataView(target.buffer)

  it.each([
    ['view', () => record!.encode({ x: 1 }, target, new DataView(new ArrayBuffer(100)), 0)],
    ['view', () => record!.encode({ x: 1 }, target.subarray(1), view, 0)],
    ['bytes', () => record!.encode({ x: 1 }, [] as unknown as Uint8Array, view, 0)],
    ['bytes', () => record!.decode('x' as unknown as Uint8Array)],
    ['start', () => record!.encode({ x: 1 }, target, view, 101)],
    ['start', () => record!.encode({ x: 1 }, target, view, 0.5)],
    ['end', () => record!.decode(target, 0, 101)],
    ['start', () => record!.decode(target, 5, 4)],
    ['useBigInt64', () => record!.encodeToBytes({ x: 1 }, { useBigInt64: 'yes' as unknown as boolean })],
  ])('%s', (option, action) => {
    expect(errorOf(action)).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
  })
})
