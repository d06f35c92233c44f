import { describe, expect, it } from 'vitest'
import { defineRecord, type Fields, field, routingKey } from '../../src/index.ts'
import { routingKey as tradingKey } from '../../src/trading/index.ts'
import { errorOf } from './helpers.ts'

const x = field.u8()

describe('what can not be declared is refused, naming it:', () => {
  const wrong: [option: string, declaration: unknown][] = [
    ['record', undefined],
    ['name', { name: '', type: 1, fields: { x } }],
    ['name', { name: 'x'.repeat(65), type: 1, fields: { x } }],
    ['name', { name: 5, type: 1, fields: { x } }],
    ['keys', { name: 'a', type: 1, keys: 'x', fields: { x } }],
    ['type', { name: 'a', type: 65536, fields: { x } }],
    ['type', { name: 'a', type: -1, fields: { x } }],
    ['type', { name: 'a', type: 1.5, fields: { x } }],
    ['fields', { name: 'a', type: 1 }],
    ['fields', { name: 'a', type: 1, fields: {} }],
    ['fields', { name: 'a', type: 1, fields: { 7: x } }],
    ['fields', { name: 'a', type: 1, fields: { constructor: x } }],
    ['fields', { name: 'a', type: 1, fields: JSON.parse('{"__proto__": 1}') }],
    ['fields', { name: 'a', type: 1, fields: { ['x'.repeat(65)]: x } }],
    ['fields', { name: 'a', type: 1, fields: { '\ud800': x } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: 'string' } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: field.enum() } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: field.enum('a', 'a') } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: field.enum('\udc00') } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: field.enum('x'.repeat(256)) } }],
    ['fields.x', { name: 'a', type: 1, fields: { x: field.nested({}) } }],
    ['fields.x.y', { name: 'a', type: 1, fields: { x: field.nested({ y: 5 } as unknown as Fields) } }],
    ['fields', { name: 'a', type: 1, fields: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`f${i}`, x])) }],
    ['fields.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n', { name: 'a', type: 1, fields: { n: deep(16) } }],
    ['key', { name: 'a', type: 1, key: 'y', fields: { x } }],
    ['key', { name: 'a', type: 1, key: 'x', fields: { x } }],
    ['key', { name: 'a', type: 1, key: 'x', fields: { x: field.optional(field.string()) } }],
    ['key', { name: 'a', type: 1, key: ['x', 'x'], fields: { x: field.string() } }],
  ]
  it.each(wrong)('%s (%#)', (option, declaration) => {
    const error = errorOf(() => defineRecord(declaration as Parameters<typeof defineRecord>[0]))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
  })

  function deep(levels: number): ReturnType<typeof field.any> {
    return levels === 0 ? x : field.nested({ n: deep(levels - 1) })
  }
})

it('256 fields, and names that would be code, are only names', () => {
  const names = [
    '"] = 1; throw 1 //',
    "'",
    '`',
    '\\',
    '\n',
    '\u2028',
    ...Array.from({ length: 250 }, (_, i) => `f${i}`),
  ]
  const Wide = defineRecord({ name: '*/ throw 1', type: 0, fields: Object.fromEntries(names.map((name) => [name, x])) })
  const value = Object.fromEntries(names.map((name, index) => [name, index]))
  expect(Wide.decode(Wide.encodeToBytes(value))).toStrictEqual(value)
})

describe('the routing key', () => {
  const fields = { n: x, name: field.string(), side: field.enum('buy', 'sell'), account: field.string() }
  const value = { n: 1, name: 'rb2405', side: 'buy' as const, account: 'é'.repeat(40) }

  it('of one field is that of its text', () => {
    expect(defineRecord({ name: 'a', type: 1, key: 'account', fields }).key(value)).toBe(routingKey(value.account))
    expect(defineRecord({ name: 'a', type: 1, key: ['side'], fields }).key(value)).toBe(routingKey('buy'))
  })

  it('of more is the hash over their texts in the order of the key, with a zero byte between', () => {
    const Two = defineRecord({ name: 'a', type: 1, key: ['account', 'name'], fields })
    expect(Two.key(value)).toBe(tradingKey(value.account, 'rb2405'))
    const Three = defineRecord({ name: 'a', type: 1, key: ['side', 'name', 'account'], fields })
    expect(Three.key(value)).toBe(routingKey(`buy\0rb2405\0${value.account}`))
  })

  it('is none if none is declared, and is refused of what is no text', () => {
    expect(defineRecord({ name: 'a', type: 1, fields }).key(value)).toBe(0)
    const Keyed = defineRecord({ name: 'a', type: 1, key: 'name', fields })
    const error = errorOf(() => Keyed.key({ ...value, name: 5 as unknown as string }))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_VALUE', field: 'name' })
  })
})
