/** Declarations at random, and values that fit them. */
import fc from 'fast-check'
import {
  type Codec,
  type CodecSettings,
  DeclaredRecord,
  type Field,
  type Fields,
  field,
} from '../../src/codec/index.ts'
import { bigintCodec, codec } from './helpers.ts'

/** A field, and what it may hold; `name` is the kind's. */
interface FieldCase {
  readonly name: string
  readonly field: Field<unknown, boolean>
  readonly value: fc.Arbitrary<unknown>
}

const LENGTHS = [0, 1, 23, 24, 25, 31, 32, 47, 48, 49, 85, 86, 255, 256, 300]
const MANY_TEXTS = Array.from({ length: 40 }, (_, index) => `text ${index} é`.repeat(1 + (index % 3)))

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .constantFrom(...LENGTHS)
    .chain((length) => fc.constantFrom('x', 'é', '日', '\u{feff}').map((unit) => unit.repeat(length))),
  fc.constantFrom(...LENGTHS).map((length) => `${'x'.repeat(length)}日😀`),
)

function integerCase(name: string, made: Field<unknown>, min: number, max: number): FieldCase {
  const edges = [
    0,
    -0,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2 ** 32 - 1,
    2 ** 32,
    -1,
    -32,
    -33,
    -128,
    -129,
    -32768,
    -32769,
  ]
  const extremes = [min, max, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 40)].concat(edges)
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min, max }) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(...extremes.filter((edge) => edge >= min && edge <= max && !Object.is(edge, -0))),
    },
    { weight: min <= 0 ? 1 : 0, arbitrary: fc.constant(-0) },
  )
  return { name, field: made, value }
}

const anyValue = fc.oneof(
  fc.constantFrom(null, true, '', -0, 2 ** 40),
  text,
  fc.array(fc.integer(), { maxLength: 4 }),
  fc.dictionary(
    fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
    fc.double(),
    { maxKeys: 3, noNullPrototype: true },
  ),
)

const leaves: readonly FieldCase[] = [
  { name: 'string', field: field.string(), value: text },
  integerCase('u8', field.u8(), 0, 0xff),
  integerCase('u16', field.u16(), 0, 0xffff),
  integerCase('u32', field.u32(), 0, 2 ** 32 - 1),
  integerCase('u53', field.u53(), 0, Number.MAX_SAFE_INTEGER),
  integerCase('i8', field.i8(), -0x80, 0x7f),
  integerCase('i16', field.i16(), -0x8000, 0x7fff),
  integerCase('i32', field.i32(), -(2 ** 31), 2 ** 31 - 1),
  integerCase('i53', field.i53(), Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  {
    name: 'f64',
    field: field.f64(),
    value: fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(NaN, Infinity, -Infinity, 2 ** 53)),
  },
  { name: 'bool', field: field.bool(), value: fc.boolean() },
  { name: 'enum of one', field: field.enum('order'), value: fc.constant('order') },
  {
    name: 'enum',
    field: field.enum('', 'buy', 'sell', 'é"\\\u2028'),
    value: fc.constantFrom('', 'buy', 'sell', 'é"\\\u2028'),
  },
  { name: 'large enum', field: field.enum(...MANY_TEXTS), value: fc.constantFrom(...MANY_TEXTS) },
  {
    name: 'bytes',
    field: field.bytes(),
    value: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 200, maxLength: 300 })),
  },
  {
    name: 'timestamp',
    field: field.timestamp(),
    value: fc.oneof(
      fc.date({ noInvalidDate: true }),
      fc.constantFrom(0, 1, -1, 2 ** 32 * 1000, 2 ** 34 * 1000, 8.64e15, -8.64e15).map((ms) => new Date(ms)),
    ),
  },
]

const bigints: readonly FieldCase[] = [
  { name: 'i64', field: field.i64(), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { name: 'u64', field: field.u64(), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
]

const rare: readonly FieldCase[] = [{ name: 'any', field: field.any(), value: anyValue }]

const fieldName = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('id', 'side', 'account_id', 'a"b', "it's", '`$', '\\', '\n', '\u2028'),
  )
  .filter((name) => name.length <= 64 && !/^\d+$/.test(name) && !(name in Object.prototype))

interface DeclaredFields {
  readonly fields: Fields
  readonly value: fc.Arbitrary<Record<string, unknown>>
}

function declaredFields(cases: readonly FieldCase[], maxLength: number): fc.Arbitrary<DeclaredFields> {
  const member = fc.tuple(fieldName, fc.constantFrom(...cases), fc.boolean())
  return fc.uniqueArray(member, { minLength: 1, maxLength, selector: ([name]) => name }).map((members) => {
    const fields: Record<string, Field<unknown>> = {}
    const values: Record<string, fc.Arbitrary<unknown>> = {}
    const requiredKeys: string[] = []
    for (const [name, one, isOptional] of members) {
      fields[name] = isOptional ? field.optional(one.field as Field<unknown, false>) : one.field
      values[name] = isOptional ? fc.option(one.value, { nil: undefined }) : one.value
      if (!isOptional) requiredKeys.push(name)
    }
    return { fields, value: fc.record(values, { requiredKeys }) }
  })
}

/** Declarations of leaves and nested objects, with values. */
function declarations(cases: readonly FieldCase[]): fc.Arbitrary<DeclaredFields> {
  return declaredFields(cases, 6).chain((inner) => {
    const nested = { name: 'nested', field: field.nested(inner.fields), value: inner.value }
    return declaredFields([...cases, nested, nested, nested], 20)
  })
}

export interface Sample {
  readonly fields: Fields
  readonly values: readonly Record<string, unknown>[]
  readonly settings: CodecSettings
  readonly general: Codec
}

const ordinary: readonly FieldCase[] = leaves.map((one) => ({ ...one, value: one.value.map(withoutMinusZero) }))

function withoutMinusZero(value: unknown): unknown {
  return Object.is(value, -0) ? 0 : value
}

/**
 * A declaration, and values that fit it, the members in any order.
 * @param isOrdinary whether nothing is in them that is left to the general codec
 */
export function samples(useBigInt64: boolean, isOrdinary: boolean): fc.Arbitrary<Sample> {
  const cases = [...(isOrdinary ? ordinary : [...leaves, ...rare]), ...(useBigInt64 ? bigints : [])]
  return declarations(cases).chain(({ fields, value }) =>
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => {
      return { fields, values, settings: { useBigInt64 }, general: useBigInt64 ? bigintCodec : codec }
    }),
  )
}

export function recordOf(fields: Fields, compile: boolean): DeclaredRecord<Record<string, unknown>> {
  return new DeclaredRecord({ name: 'sample', type: 1, fields }, compile)
}

/** A plain object of the declared members alone, in the declared order. */
export function inDeclaredOrder(fields: Fields, value: Record<string, unknown>): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const [name, { shape }] of Object.entries(fields)) {
    const member = value[name]
    if (member === undefined) continue
    plain[name] = shape.kind === 'nested' ? inDeclaredOrder(shape.fields, member as Record<string, unknown>) : member
  }
  return plain
}
