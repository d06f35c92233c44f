import { Decoder, Encoder } from '@msgpack/msgpack'
import fc from 'fast-check'
import { expect } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import { holds, type Property } from '../support/property.ts'
import { recordOf, type Sample, samples } from './declared-arbitrary.ts'
import { bigintCodec, codec } from './helpers.ts'

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 50 }), fc.string({ unit: 'grapheme', maxLength: 300 }))
const key = text.filter((one) => one !== '__proto__' && !one.startsWith('\u{feff}'))
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double()).map((one) => (one === 0 ? 0 : one))
const plain = [fc.constantFrom(null, true, false), text, number, fc.uint8Array({ maxLength: 300 })]
const leaves = [...plain, fc.date({ noInvalidDate: true })]
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })

/** Values as the general codec takes them: without -0, for which the library has no integer. */
function valuesOf(kinds: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: 'small' },
      ...kinds,
      fc.array(tie('value'), { maxLength: 40 }),
      fc.dictionary(key, tie('value'), { maxKeys: 40, noNullPrototype: true }),
    ),
  })).value
}

const BOTH = [
  { useBigInt64: false, own: codec, value: valuesOf(leaves) },
  { useBigInt64: true, own: bigintCodec, value: valuesOf([...leaves, bigint]) },
] as const
const MAX_DEPTH = 200

interface Changed {
  readonly bytes: Uint8Array
  readonly useBigInt64: boolean
}

/** Anything at all, headers that claim much, and values with some bytes changed, cut out or put in. */
const anyBytes: fc.Arbitrary<Changed> = fc.boolean().chain((useBigInt64) => {
  const noise = fc.uint8Array({ maxLength: 300 })
  const header = fc.oneof(fc.integer({ min: 0x80, max: 0xdf }), fc.constantFrom(0, 1, 0x7f, 0xff))
  const headers = fc.array(header, { maxLength: 120 }).map((list) => Uint8Array.from(list))
  const { own, value } = BOTH[useBigInt64 ? 1 : 0]
  const stored = value.map((one) => own.encode(one).slice())
  return fc.oneof(noise, headers, changesOf(stored)).map((bytes) => ({ bytes, useBigInt64 }))
})

function changesOf(stored: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) })
  return fc.tuple(stored, fc.array(change, { minLength: 1, maxLength: 4 })).map(([bytes, changes]) => {
    const list = [...bytes]
    for (const { at, cut, put } of changes) list.splice(at % (list.length + 1), cut, ...put)
    return Uint8Array.from(list)
  })
}

/** What a decoder gives, or the code of its refusal. @throws what is no refusal of bytes */
function outcome(decode: () => unknown): { readonly value: unknown } | 'refused' {
  try {
    return { value: decode() }
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_INPUT') throw error
    return 'refused'
  }
}

/** How many values it is made of, keys of maps included; bytes and characters count too. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 1 + value.length
  if (typeof value !== 'object' || value === null || value instanceof Date) return 1
  const parts = Array.isArray(value) ? value : Object.entries(value).flat()
  return parts.reduce((sum: number, part) => sum + sizeOf(part), 1)
}

/** Whether there may be a text that begins with a byte order mark, which the library drops. */
function hasMark(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).includes('\u{feff}')
}

function asLibraryReads(bytes: Uint8Array, useBigInt64: boolean): unknown {
  return new Decoder({ useBigInt64 }).decode(bytes)
}

export const CODEC_PROPERTIES: readonly Property[] = [
  ...BOTH.flatMap(({ useBigInt64, own, value }) => [
    holds(`any value has the bytes that the library gives it, useBigInt64 ${useBigInt64}`, 600, value, (one) => {
      const library = new Encoder({ useBigInt64, maxDepth: MAX_DEPTH, ignoreUndefined: true })
      expect(own.encode(one)).toEqual(library.encode(one))
    }),
    holds(`any value comes back, and the library reads the same, useBigInt64 ${useBigInt64}`, 600, value, (one) => {
      const bytes = own.encode(one).slice()
      expect(own.decode(bytes)).toStrictEqual(one)
      expect(own.encode(own.decode(bytes))).toEqual(bytes)
      if (!hasMark(bytes)) expect(asLibraryReads(bytes, useBigInt64)).toStrictEqual(one)
    }),
  ]),
  holds('any bytes are refused, or are one value that takes no more memory than they say', 3000, anyBytes, (input) => {
    const { bytes, useBigInt64 } = input
    const own = useBigInt64 ? bigintCodec : codec
    const found = outcome(() => own.decode(bytes))
    if (found === 'refused') return
    expect(sizeOf(found.value)).toBeLessThanOrEqual(bytes.length)
    expect(own.decode(own.encode(found.value).slice())).toStrictEqual(found.value)
  }),
  holds('what is read of any bytes is what the library reads', 3000, anyBytes, ({ bytes, useBigInt64 }) => {
    const own = useBigInt64 ? bigintCodec : codec
    const found = outcome(() => own.decode(bytes))
    if (found === 'refused' || hasMark(bytes)) return
    expect(found.value).toStrictEqual(asLibraryReads(bytes, useBigInt64))
  }),
  ...[false, true].map((useBigInt64) => {
    const input = samples(useBigInt64, false).chain((sample) => {
      const bytes = changesOf(fc.constant(sample.general.encode(sample.values[0]).slice()))
      return fc.record({ sample: fc.constant(sample), bytes })
    })
    const name = `a declared record reads changed bytes as the general codec does, useBigInt64 ${useBigInt64}`
    return holds(name, 400, input, ({ sample, bytes }) => checkDeclared(sample, bytes))
  }),
]

/** Compiled and walked, through the same declaration, the outcome is that of the general codec. */
function checkDeclared({ fields, settings, general }: Sample, bytes: Uint8Array): void {
  const [compiled, walked] = [true, false].map((compile) => recordOf(fields, compile))
  const wanted = outcome(() => walked!.coder(settings.useBigInt64).conform(general.decode(bytes)))
  for (const record of [compiled, walked])
    expect(outcome(() => record!.decode(bytes, 0, bytes.length, settings))).toStrictEqual(wanted)
}
