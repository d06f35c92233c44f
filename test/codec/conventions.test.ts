import { expect, it } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import { codec, errorOf, roundTrip } from './helpers.ts'

it('leaves out a property whose value is undefined', () => {
  expect(Object.keys(roundTrip({ a: 1, b: undefined, c: { d: undefined } }) as object)).toEqual(['a', 'c'])
})

it('leaves out what is not enumerable or not own', () => {
  const value: Record<string, unknown> = { a: 1 }
  Object.defineProperty(value, 'hidden', { value: () => 1, enumerable: false })
  expect(roundTrip(value)).toStrictEqual({ a: 1 })
})

it('gives a Buffer back as a Uint8Array, an object without a prototype as a plain one', () => {
  expect(roundTrip(Buffer.from('abc'))).toStrictEqual(Uint8Array.of(97, 98, 99))
  const bare: Record<string, unknown> = Object.create(null)
  bare['a'] = 1
  expect(roundTrip(bare)).toStrictEqual({ a: 1 })
})

it('accepts bytes in shared memory', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(9)
  expect(roundTrip({ shared })).toStrictEqual({ shared: Uint8Array.of(9, 9, 9) })
})

it('keeps a byte order mark at the beginning of texts of every length', () => {
  for (const length of [0, 1, 28, 29, 197, 198, 250, 300, 70_000]) {
    const text = `\u{feff}${'x'.repeat(length)}`
    const value = { text, list: [text, new Uint8Array(0), new Uint8Array(300)], [text.slice(0, 60)]: 1 }
    expect(roundTrip(value)).toStrictEqual(value)
    expect(roundTrip(text)).toBe(text)
  }
})

it('reuses its buffer, and gives it back after an outlier', () => {
  const own = createCodec({ useBigInt64: false })
  const small = own.encode('a').buffer
  expect(own.encode('b').buffer).toBe(small)
  const outlier = own.encode(new Uint8Array(2 ** 20 + 1))
  const after = own.encode('c')
  expect(after.buffer).not.toBe(outlier.buffer)
  expect(after.buffer.byteLength).toBeLessThan(10_000)
})

it('encodes from within a getter', () => {
  const value = {
    first: -0,
    get inner(): number {
      return codec.encode({ list: [-0] }).byteLength
    },
    last: 'x',
  }
  expect(roundTrip(value)).toStrictEqual({ first: -0, inner: 16, last: 'x' })
})

it('tells that memory can not be had, and works afterwards', () => {
  const own = createCodec({ useBigInt64: false })
  let reads = 0
  // The check reads it once, the encoder then fails as it does when its buffer can not grow.
  const value = {
    get tooMuch(): number {
      reads += 1
      if (reads === 1) return 1
      return new ArrayBuffer(Number.MAX_SAFE_INTEGER).byteLength
    },
  }
  const error = errorOf(() => own.encode(value))
  expect(error.code).toBe('ERR_RINGWAL_TOO_LARGE')
  expect(error.cause).toBeInstanceOf(RangeError)
  expect([...own.encode([1])]).toEqual([0x91, 1])
})

it('lets the error of a getter through', () => {
  const value = {
    get broken(): number {
      throw new TypeError('mine')
    },
  }
  expect(() => codec.encode(value)).toThrow(new TypeError('mine'))
})
