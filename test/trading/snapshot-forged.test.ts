import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import { routingKey, snapshotOf } from '../../src/trading/index.ts'
import { reasonOf, whole } from './snapshot-kit.ts'

const codec = createCodec({ useBigInt64: false })
const CHECK_BYTES = 4
const KEY = routingKey('a-1', 'ag2406')
const USD_KEY = routingKey('a-1', 'USD')

type Path = readonly number[]

/** Lists inside each other, as a snapshot is made of; what stands in them is of no matter here. */
interface Lists extends Array<Lists> {}

function put(lists: Lists, path: Path, value: unknown): void {
  const holder = path.slice(0, -1).reduce((list, index) => list[index]!, lists)
  holder[path.at(-1)!] = value as Lists
}

/** A snapshot in which the value at `path` is another, with a checksum that holds. */
function forged(path: Path, value: unknown): Uint8Array {
  const lists = codec.decode(snapshotOf(whole()).subarray(0, -CHECK_BYTES)) as Lists
  put(lists, path, value)
  const payload = codec.encode(lists)
  const forgery = new Uint8Array(payload.length + CHECK_BYTES)
  forgery.set(payload)
  new DataView(forgery.buffer).setUint32(payload.length, crc32(payload), true)
  return forgery
}

/** Orders of the book of a-1, with another value at `path` of their columns. */
function forgedOrders(path: Path, value: unknown): Uint8Array {
  const lists = codec.decode(snapshotOf(whole()).subarray(0, -CHECK_BYTES)) as Lists
  const columns = codec.decode(lists[3]![1]![8] as unknown as Uint8Array) as Lists
  put(columns, path, value)
  return forged([3, 1, 8], codec.encode(columns).slice())
}

describe('bytes that were made to be taken for a snapshot', () => {
  it('are taken if nothing in them is another', () => {
    expect(reasonOf(forged([1, 0], 7))).toBeUndefined()
    expect(reasonOf(forgedOrders([0, 0], 'o-1'))).toBeUndefined()
  })

  it.each<[string, Path, unknown]>([
    ['another mark', [0], 'ringwal trading state 2'],
    ['a list too many', [5], []],
    ['a count below 0', [1, 0], -1],
    ['a count that is no number', [1, 4], '5'],
    ['an unknown kind of problem', [2, 0, 1], 2],
    ['a book that is none', [3, 0], 'book'],
    ['a book twice', [3, 0], ['a-1', 'ag2406', KEY, 0, 0, 0, 8, [0, 0, 0, 0, 0, 0], new Uint8Array(0)]],
    ['an account that is no text', [3, 0, 0], 1],
    ['a key past 32 bits', [3, 0, 2], 2 ** 32],
    ['an amount that is not as it is written', [3, 0, 3], '1.0'],
    ['an amount of a thousand digits', [3, 0, 4], '9'.repeat(1000)],
    ['shares of a million decimals', [3, 0, 6], 1e6],
    ['other orders by status', [3, 0, 7], [1, 1, 1, 1, 1, 1]],
    ['orders of a seventh status', [3, 0, 7, 6], 1],
    ['orders that are no bytes', [3, 0, 8], []],
    ['a balance without a time', [4, 0, 4], 'x'],
    ['a balance twice', [4, 0], ['a-1', 'USD', USD_KEY, 0, '0']],
  ])('are refused: %s', (_, path, value) => {
    expect(reasonOf(forged(path, value))).toBeTypeOf('string')
  })

  it.each<[string, Path, unknown]>([
    ['a column too many', [10], []],
    ['ids out of order', [0, 1], 'a'],
    ['an id twice', [0, 1], 'o-1'],
    ['an empty id', [0, 0], ''],
    ['a status that is none', [1], new Uint8Array([6, 0, 0])],
    ['a side that is none', [2], new Uint8Array([3, 0, 0])],
    ['times cut short', [3], new Uint8Array(7)],
    ['a volume too many', [5, 3], 1],
    ['a volume that is none', [6, 0], Number.NaN],
    ['a reason that is none', [9, 0], 5],
  ])('are refused at the first use of the orders: %s', (_, path, value) => {
    expect(reasonOf(forgedOrders(path, value))).toBeTypeOf('string')
  })
})
