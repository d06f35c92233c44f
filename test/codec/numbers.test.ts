import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import { bigintCodec, codec, errorOf, expectRefused, roundTrip } from './helpers.ts'

describe('the sign of zero', () => {
  it.each([codec, bigintCodec])('is kept at every place (codec %#)', (through) => {
    expect(roundTrip(-0, through)).toBe(-0)
    const value = { profit: -0, loss: 0, fills: [-0, 0, 1, -300, 70_000, 2 ** 40] }
    expect(roundTrip(value, through)).toStrictEqual(value)
  })

  it('does not make the next record larger', () => {
    codec.encode([-0, 1, 2])
    expect(codec.encode([0, 1, 2]).byteLength).toBe(4)
  })

  it('is kept beside a property that is left out', () => {
    expect(roundTrip({ gone: undefined, zero: -0 })).toStrictEqual({ zero: -0 })
  })
})

describe('without useBigInt64', () => {
  it.each([0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e300])(
    'keeps %d and its negative',
    (value) => {
      expect(roundTrip([value, -value])).toStrictEqual([value, -value])
    },
  )

  it('refuses every bigint and says what to set', () => {
    expectRefused({ id: 5n }, '$.id', /useBigInt64/)
  })
})

describe('with useBigInt64', () => {
  it('keeps numbers and bigints apart, whatever their size', () => {
    const sizes = [0, 5, 127, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER]
    const value = sizes.flatMap((size) => [size, BigInt(size), -size - 1, -BigInt(size) - 1n])
    expect(roundTrip(value, bigintCodec)).toStrictEqual(value)
  })

  it('keeps the limits of 64 bits and refuses what is past them', () => {
    const limits = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]
    expect(roundTrip(limits, bigintCodec)).toStrictEqual(limits)
    expectRefused([0n, 2n ** 64n], '$[1]', 'a bigint past 64 bits', bigintCodec)
    expectRefused({ a: -(2n ** 63n) - 1n }, '$.a', 'a bigint past 64 bits', bigintCodec)
  })
})

it('refuses a setting that is not a boolean', () => {
  const error = errorOf(() => createCodec({ useBigInt64: 'yes' as unknown as boolean }))
  expect(error.code).toBe('ERR_RINGWAL_OPTION')
})
