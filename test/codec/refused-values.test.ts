import { describe, expect, it } from 'vitest'
import { codec, errorOf, expectRefused, nested, roundTrip } from './helpers.ts'

class Order {
  price = 1
}

describe('what MessagePack would lose is refused, with the path', () => {
  const instances: [string, object][] = [
    ['Map', new Map([['a', 1]])],
    ['Set', new Set([1])],
    ['WeakMap', new WeakMap()],
    ['Int8Array', new Int8Array(1)],
    ['Float64Array', new Float64Array(1)],
    ['BigUint64Array', new BigUint64Array(1)],
    ['Uint8ClampedArray', new Uint8ClampedArray(1)],
    ['DataView', new DataView(new ArrayBuffer(1))],
    ['ArrayBuffer', new ArrayBuffer(1)],
    ['SharedArrayBuffer', new SharedArrayBuffer(1)],
    ['Number', Object(1)],
    ['String', Object('text')],
    ['Boolean', Object(true)],
    ['Symbol', Object(Symbol('tag'))],
    ['BigInt', Object(1n)],
    ['RegExp', /a/],
    ['TypeError', new TypeError('no')],
    ['Promise', Promise.resolve()],
    ['URL', new URL('https://example.org')],
    ['Order', new Order()],
    ['Stack', new (class Stack extends Array {})()],
    ['Instant', new (class Instant extends Date {})()],
  ]
  it.each(instances)('an instance of %s', (name, value) => {
    expectRefused({ orders: [0, { value }] }, '$.orders[1].value', `an instance of ${name}`)
    expectRefused(value, '$', `an instance of ${name}`)
  })

  const values: [string, unknown, RegExp][] = [
    ['a function', () => 1, /^a function$/],
    ['a class', Order, /^a function$/],
    ['a symbol', Symbol('tag'), /^a symbol$/],
    ['an invalid Date', new Date(NaN), /^an invalid Date$/],
    ['an object that only inherits from a Date', Object.create(Date.prototype), /^an invalid Date$/],
    ['an object that only inherits from Uint8Array', Object.create(Uint8Array.prototype), /an instance of Uint8Array/],
    ['an object that inherits from another', Object.create({ inherited: 1 }), /prototype is neither/],
    ['an instance of a class without a name', new (class {})(), /a class without a name/],
    ['a high surrogate alone', 'ab\ud800', /^a string with a lone surrogate$/],
    ['a low surrogate alone, in a long text', `${'x'.repeat(500)}\udc00y`, /^a string with a lone surrogate$/],
  ]
  it.each(values)('%s', (_, value, reason) => {
    expectRefused({ a: [{ b: value }] }, '$.a[0].b', reason)
    expectRefused(value, '$', reason)
  })

  it('undefined at the top, in arrays, and holes', () => {
    expectRefused(undefined, '$', /^undefined$/)
    expectRefused({ a: [1, undefined] }, '$.a[1]', /^undefined in an array$/)
    const holed = [1, 2, 3]
    delete holed[1]
    expectRefused([holed], '$[0][1]', /^a hole in an array$/)
  })

  it('keys that would change or vanish', () => {
    expectRefused({ a: JSON.parse('{"__proto__": 1}') }, '$.a.__proto__', 'the key __proto__')
    expectRefused({ a: { 'x\udfff': 1 } }, '$.a["x\\udfff"]', 'a key with a lone surrogate')
    expectRefused({ a: { [Symbol('tag')]: 1 } }, '$.a[Symbol(tag)]', 'a symbol key')
    expectRefused({ [`\u{feff}${'k'.repeat(66)}`]: 1 }, `$["\u{feff}${'k'.repeat(66)}"]`, /begins with U\+FEFF/)
  })

  it('built-in namespaces, which look like plain objects', () => {
    expectRefused({ m: Math }, '$.m[Symbol(Symbol.toStringTag)]', 'a symbol key')
  })

  it('bytes whose buffer was transferred away', () => {
    const bytes = new Uint8Array(4)
    structuredClone(bytes, { transfer: [bytes.buffer] })
    expectRefused({ bytes }, '$.bytes', /detached/)
    expect(roundTrip({ bytes: new Uint8Array(0) })).toStrictEqual({ bytes: new Uint8Array(0) })
  })
})

it('refuses bytes that no header can tell the length of', () => {
  const huge = Object.defineProperty(new Uint8Array(1), 'byteLength', { value: 2 ** 32 })
  expectRefused([huge], '$[0]', /more than 4 GiB/)
})

describe('depth and cycles', () => {
  it('tells nesting that is too deep from a cycle', () => {
    expect(roundTrip(nested(100, [1]))).toStrictEqual(nested(100, [1]))
    expectRefused(nested(101), `$${'[0]'.repeat(100)}`, 'nested deeper than 100')
  })

  it('names both ends of a cycle', () => {
    const root: Record<string, unknown> = { id: 1 }
    root['self'] = root
    expectRefused(root, '$.self', /^a cycle: the same object as \$$/)
    const child: Record<string, unknown> = {}
    child['parents'] = [child]
    expectRefused({ a: { child } }, '$.a.child.parents[0]', /^a cycle: the same object as \$\.a\.child$/)
  })
})

describe('the path', () => {
  it('quotes keys that are not identifiers', () => {
    const refused = Symbol('x')
    expectRefused({ 'odd key': refused }, '$["odd key"]', 'a symbol')
    expectRefused({ '': refused }, '$[""]', 'a symbol')
    expectRefused({ '1': refused }, '$["1"]', 'a symbol')
    expectRefused({ 'a"b': refused }, '$["a\\"b"]', 'a symbol')
    expectRefused({ größe: { $x_1: refused } }, '$.größe.$x_1', 'a symbol')
  })

  it('stays short when a key is huge', () => {
    expectRefused({ ['k'.repeat(1_000_000)]: Symbol('x') }, `$["${'k'.repeat(100)}…"]`, 'a symbol')
  })

  it('does not come from what Object.prototype was given', () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>
    polluted['extra'] = () => 1
    polluted['odd\ud800'] = 1
    try {
      expect([...codec.encode({ a: 1 })]).toEqual([0x81, 0xa1, 0x61, 1])
      expectRefused({ extra: () => 1 }, '$.extra', 'a function')
    } finally {
      delete polluted['extra']
      delete polluted['odd\ud800']
    }
  })

  it('is right after an earlier refusal', () => {
    errorOf(() => codec.encode({ a: { b: new Map() } }))
    expectRefused([Symbol('x')], '$[0]', 'a symbol')
  })
})
