import { describe, expectTypeOf, it } from 'vitest'
import { type DeclaredRecord, defineRecord, type Entry, field, type RecordOf, type Wal } from '../../src/index.ts'

const Order = defineRecord({
  name: 'order',
  type: 7,
  key: ['account', 'side'],
  fields: {
    id: field.u53(),
    account: field.string(),
    side: field.enum('buy', 'sell'),
    price: field.f64(),
    quantity: field.i64(),
    isLast: field.bool(),
    raw: field.bytes(),
    at: field.timestamp(),
    leg: field.nested({ index: field.u8(), note: field.optional(field.string()) }),
    meta: field.optional(field.any()),
    tag: field.optional(field.enum('a', 'b')),
  },
})

interface Expected {
  id: number
  account: string
  side: 'buy' | 'sell'
  price: number
  quantity: bigint
  isLast: boolean
  raw: Uint8Array
  at: Date
  leg: { index: number; note?: string | undefined }
  meta?: unknown
  tag?: 'a' | 'b' | undefined
}

describe('the type of a declared record', () => {
  it('follows from its declaration', () => {
    expectTypeOf<RecordOf<typeof Order>>().toEqualTypeOf<Expected>()
    expectTypeOf(Order).toEqualTypeOf<DeclaredRecord<RecordOf<typeof Order>>>()
    expectTypeOf(Order.encodeToBytes).parameter(0).toEqualTypeOf<RecordOf<typeof Order>>()
    expectTypeOf(Order.decode).returns.toEqualTypeOf<RecordOf<typeof Order>>()
    expectTypeOf(Order.decodeEntry).returns.toEqualTypeOf<RecordOf<typeof Order>>()
    expectTypeOf((entry: Entry) => entry.as(Order)).returns.toEqualTypeOf<RecordOf<typeof Order>>()
  })

  it('is asked of what is appended', () => {
    const Point = defineRecord({ name: 'point', type: 1, fields: { x: field.f64(), y: field.optional(field.f64()) } })
    const uses = [
      (wal: Wal): unknown => wal.appendRecord(Point, { x: 1 }),
      (wal: Wal): unknown => wal.appendRecord(Point, { x: 1, y: undefined }),
      // @ts-expect-error a member of another type
      (wal: Wal): unknown => wal.appendRecord(Point, { x: '1' }),
      // @ts-expect-error a missing member
      (wal: Wal): unknown => wal.appendRecord(Point, { y: 1 }),
      // @ts-expect-error a member that is not declared, where it is seen
      (wal: Wal): unknown => wal.appendRecord(Point, { x: 1, z: 1 }),
    ]
    expectTypeOf(uses).toBeArray()
  })

  it('takes only names of texts that are there as the key', () => {
    const fields = { n: field.u8(), text: field.string(), maybe: field.optional(field.string()), any: field.any() }
    defineRecord({ name: 'a', type: 1, key: 'text', fields })
    const wrong = [
      // @ts-expect-error a number
      (): unknown => defineRecord({ name: 'a', type: 1, key: 'n', fields }),
      // @ts-expect-error optional
      (): unknown => defineRecord({ name: 'a', type: 1, key: ['maybe'], fields }),
      // @ts-expect-error any value
      (): unknown => defineRecord({ name: 'a', type: 1, key: 'any', fields }),
      // @ts-expect-error not declared
      (): unknown => defineRecord({ name: 'a', type: 1, key: 'other', fields }),
      // @ts-expect-error optional twice
      (): unknown => field.optional(fields.maybe),
    ]
    expectTypeOf(wrong).toBeArray()
  })
})
