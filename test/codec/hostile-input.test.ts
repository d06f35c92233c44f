import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import { bigintCodec, codec, expectUnreadable, nested } from './helpers.ts'

function decodesOrRefuses(bytes: Uint8Array): void {
  for (const through of [codec, bigintCodec]) {
    try {
      through.decode(bytes)
    } catch (error) {
      if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_INPUT') throw error
    }
  }
}

describe('any bytes are decoded or refused', () => {
  it('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodesOrRefuses), { numRuns: 5000 })
  })

  it('bytes that are mostly headers', () => {
    const header = fc.oneof(fc.integer({ min: 0x80, max: 0xdf }), fc.integer({ min: 0, max: 3 }))
    const bytes = fc.array(header, { maxLength: 60 }).map((list) => Uint8Array.from(list))
    fc.assert(fc.property(bytes, decodesOrRefuses), { numRuns: 20_000 })
  })

  it('a record with any one byte changed or cut off', () => {
    const record = { kind: 'order', when: new Date(5), n: [1, -1, 2 ** 40, 0.5], raw: Uint8Array.of(1, 2), text: 'é😀' }
    const good = codec.encode(record).slice()
    for (let at = 0; at < good.length; at++) {
      expectUnreadable(good.subarray(0, at), /longer than the input/)
      for (let byte = 0; byte < 256; byte++) {
        const bad = good.slice()
        bad[at] = byte
        decodesOrRefuses(bad)
      }
    }
  })
})

describe('what is refused', () => {
  const refused: [string, number[], RegExp][] = [
    ['no bytes', [], /longer than the input/],
    ['a second value', [1, 2], /^1 bytes after the end/],
    ['the lead byte that has no meaning', [0xc1], /0xc1/],
    ['a cut number', [0xcd, 1], /longer than the input/],
    ['a cut double', [0xcb, 0, 0, 0, 0, 0, 0, 0], /longer than the input/],
    ['a cut text', [0xa3, 97, 98], /longer than the input/],
    ['a text of 4 GiB', [0xdb, 0xff, 0xff, 0xff, 0xff], /longer than the input/],
    ['bytes of 4 GiB', [0xc6, 0xff, 0xff, 0xff, 0xff], /longer than the input/],
    ['an extension of 4 GiB', [0xc9, 0xff, 0xff, 0xff, 0xff, 0xff], /longer than the input/],
    ['an array of 4 Gi', [0xdd, 0xff, 0xff, 0xff, 0xff], /longer than the input/],
    ['a map of 4 Gi', [0xdf, 0xff, 0xff, 0xff, 0xff], /longer than the input/],
    ['a map whose values are missing', [0x82, 0xa1, 97, 1, 0xa1], /longer than the input/],
    ['a number as key', [0x81, 1, 1], /key that is not a string/],
    ['nil as key', [0x81, 0xc0, 1], /key that is not a string/],
    ['bytes as key', [0x81, 0xc4, 1, 97, 1], /key that is not a string/],
    ['an array as key', [0x81, 0x90, 1], /key that is not a string/],
    ['the key __proto__', [0x81, 0xa9, ...Buffer.from('__proto__'), 1], /__proto__/],
    ['a key that is not UTF-8', [0x81, 0xa1, 0xc3, 0xa9], /not valid UTF-8/],
    ['an application extension', [0xd4, 5, 0], /extension type 5$/],
    ['an unknown reserved extension', [0xd4, 0xfe, 0], /extension type -2$/],
    ['a timestamp of 1 byte', [0xd4, 0xff, 0], /timestamp of 1 bytes/],
    ['a timestamp of 0 bytes', [0xc7, 0, 0xff], /timestamp of 0 bytes/],
    ['a timestamp in microseconds', [0xd7, 0xff, 0, 0, 0x0f, 0xa0, 0, 0, 0, 0], /finer than the milliseconds/],
    ['a timestamp of 2^30-1 ns', [0xd7, 0xff, 0xff, 0xff, 0xff, 0xfc, 0, 0, 0, 0], /1073741823 ns in its second/],
    ['a timestamp beyond Date', [0xc7, 12, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], /outside the range of Date/],
  ]
  it.each(refused)('%s', (_, bytes, reason) => {
    expectUnreadable(bytes, reason)
    expectUnreadable(bytes, reason, bigintCodec)
  })

  it('an integer that a number can not hold, unless bigints are on', () => {
    const u64 = [0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1]
    const i64 = [0xd3, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
    expectUnreadable(u64, /past 2\^53/)
    expectUnreadable(i64, /past 2\^53/)
    expect(bigintCodec.decode(Uint8Array.from(u64))).toBe(2n ** 53n + 1n)
    expect(bigintCodec.decode(Uint8Array.from(i64))).toBe(-(2n ** 53n) - 1n)
    expect(codec.decode(Uint8Array.of(0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBe(2 ** 53 - 1)
    expect(codec.decode(Uint8Array.of(0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe))).toBe(-2)
  })

  it('a long key whose byte order mark would be lost', () => {
    const key = Buffer.from(`\u{feff}${'k'.repeat(198)}`)
    expectUnreadable([0x81, 0xd9, key.length, ...key, 1], /key that begins with U\+FEFF/)
  })

  it('what is not a Uint8Array', () => {
    const buffer = new ArrayBuffer(1) as unknown as Uint8Array
    expect(() => codec.decode(buffer)).toThrow(RingwalError)
  })
})

describe('nesting', () => {
  it('is read to 100 levels and refused below, however deep', () => {
    const deepest = Uint8Array.from([...new Array<number>(99).fill(0x91), 0x90])
    expect(codec.decode(deepest)).toStrictEqual(nested(100))
    expectUnreadable([0x91, ...deepest], /nested deeper than 100/)
    expectUnreadable(new Uint8Array(1_000_000).fill(0x91), /nested deeper than 100/)
    const maps = new Uint8Array(1_500_000).map((_, at) => [0x81, 0xa1, 97][at % 3]!)
    expectUnreadable(maps, /nested deeper than 100/)
  })
})

describe('UTF-8', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  function expected(bytes: Uint8Array): string | undefined {
    try {
      return strict.decode(bytes)
    } catch {
      return undefined
    }
  }

  it('is read as the platform reads it, or refused where the platform refuses', () => {
    const byte = fc.oneof(
      fc.constantFrom(0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5),
      fc.nat(255),
    )
    const broken = fc.array(byte, { maxLength: 8 }).map((list) => Uint8Array.from(list))
    const whole = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Uint8Array.from(Buffer.from(text)))
    const bytes = fc
      .array(fc.oneof(broken, whole), { maxLength: 3 })
      .map((parts) => Uint8Array.from(Buffer.concat(parts)))
    fc.assert(
      fc.property(bytes, (text) => {
        const message = Uint8Array.from([0x92, 0xda, text.length >> 8, text.length & 255, ...text, 0xa1, 0xbf & 0x7f])
        const wanted = expected(text)
        if (wanted === undefined) expectUnreadable(message, /not valid UTF-8/)
        else expect(codec.decode(message)).toStrictEqual([wanted, '?'])
      }),
      { numRuns: 10_000 },
    )
  })

  it.each([
    ['overlong, 2 bytes', [0xc1, 0xbf]],
    ['overlong, 3 bytes', [0xe0, 0x9f, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['overlong, 4 bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lead byte past f4', [0xf5, 0x80, 0x80, 0x80]],
    ['a continuation byte alone', [0x80]],
    ['a third byte that is none', [0xe1, 0x80, 0x41]],
  ])('refuses %s, after ASCII of any length', (_, text) => {
    for (let length = 0; length < 40; length++) {
      const ascii = new Array<number>(length).fill(0x61)
      expectUnreadable([0xd9, length + text.length, ...ascii, ...text], /not valid UTF-8/)
    }
  })

  it('does not let a cut character take bytes of the next value', () => {
    expectUnreadable([0x92, 0xa1, 0xc3, 0xa9], /not valid UTF-8/)
  })
})
