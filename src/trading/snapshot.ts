/**
 * A trading state as bytes: a MessagePack list, then its CRC-32 (u32, little-endian). Equal states give equal bytes, whatever
 * the order in which they took in the events of different keys.
 *
 *     [mark, counts, problems, books, balances]
 *     book     account, instrument, key, net, cost, realized, decimals, orders by status, packed orders
 *     balance  account, currency, key, amount, time in ns as text
 */

import { crc32 } from 'node:zlib'
import { type Codec, createCodec } from '../codec/index.ts'
import type { Book } from './book.ts'
import { parseTime } from './event-fields.ts'
import { STATUS_NAMES } from './order-machine.ts'
import { storedDecimal } from './parse-decimal.ts'
import { SHARE_DECIMALS_MIN } from './position.ts'
import { snapshotError, storedBytes, storedCount, storedList, storedNumber, storedText } from './stored-value.ts'
import { PROBLEMS_MAX, type Problem, TradingState } from './trading-state.ts'

/** What the bytes are, and their version. */
const MARK = 'ringwal trading state 1'
const CHECK_BYTES = 4
const KEY_MAX = 0xffff_ffff
const ORDERS_MAX = 0x7fff_ffff
/** No notional has more decimals: a price and a quantity of 40 each. */
const SHARE_DECIMALS_MAX = 80

const codec: Codec = createCodec({ useBigInt64: false })

/** What checkpoints of the trading state are called. */
export const TRADING_LABEL = 'ringwal/trading'

/** @returns bytes of their own. @throws ERR_RINGWAL_TOO_LARGE if memory for them can not be had */
export function snapshotOf(state: TradingState): Uint8Array {
  const { events, ignored, parseErrors, stateRejected, ledgerApplied } = state.counts
  const counts = [events, ignored, parseErrors, stateRejected, ledgerApplied]
  const problems = state.problems.map(({ lsn, kind, reason }) => [lsn, kind === 'parse_error' ? 0 : 1, reason])
  const books = [...state.books.sorted()].map(([, , book]) => storedBook(book))
  const balances = [...state.balances.sorted()].map(([account, currency, { key, amount, time }]) => {
    return [account, currency, key, storedDecimal(amount), String(time)]
  })
  const list = codec.encode([MARK, counts, problems, books, balances])
  const bytes = new Uint8Array(list.length + CHECK_BYTES)
  bytes.set(list)
  new DataView(bytes.buffer).setUint32(list.length, crc32(list), true)
  return bytes
}

function storedBook(book: Book): unknown[] {
  const { account, instrument, key, position } = book
  const { net, cost, realized, decimals } = position
  const money = [net, cost, realized].map(storedDecimal)
  return [account, instrument, key, ...money, decimals, book.statusCounts, book.pack()]
}

/**
 * The state of a snapshot. Orders are unpacked when their book is first used, so that this costs little per order.
 * @param owns if given, only books and balances whose routing key it is true for are restored, and counts and problems only
 * if it is true for 0: each by exactly one shard
 * @throws ERR_RINGWAL_INPUT for bytes that are no snapshot, or not as they were written. What a check can not tell, as the
 * bytes were made so, comes as the same error at the first use of a book
 */
export function restoreState(bytes: Uint8Array, owns: (key: number) => boolean = () => true): TradingState {
  const [, counts, problems, books, balances] = storedList(decode(bytes), 5)
  const state = new TradingState()
  if (owns(0)) {
    restoreCounts(state, storedList(counts, 5))
    state.problems = storedList(problems).slice(0, PROBLEMS_MAX).map(restoredProblem)
  }
  for (const row of storedList(books)) restoreBook(state, storedList(row, 9), owns)
  for (const row of storedList(balances)) restoreBalance(state, storedList(row, 5), owns)
  return state
}

function decode(bytes: Uint8Array): unknown {
  const end = bytes.length - CHECK_BYTES
  if (end < 0) throw snapshotError('there are too few')
  const list = bytes.subarray(0, end)
  const check = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true)
  if (check !== crc32(list)) throw snapshotError('their checksum does not hold')
  const value = codec.decode(list)
  if (!Array.isArray(value) || value[0] !== MARK) throw snapshotError(`they do not begin with ${JSON.stringify(MARK)}`)
  return value
}

function restoreCounts({ counts }: TradingState, stored: readonly unknown[]): void {
  const [events, ignored, parseErrors, stateRejected, ledgerApplied] = stored.map((count) => storedCount(count))
  Object.assign(counts, { events, ignored, parseErrors, stateRejected, ledgerApplied })
}

function restoredProblem(row: unknown): Problem {
  const [lsn, kind, reason] = storedList(row, 3)
  return {
    lsn: storedCount(lsn),
    kind: storedCount(kind, 1) === 0 ? 'parse_error' : 'state_rejected',
    reason: storedText(reason),
  }
}

function restoreBook(state: TradingState, row: readonly unknown[], owns: (key: number) => boolean): void {
  const [account, instrument, key, net, cost, realized, decimals, statusCounts, packed] = row
  if (!owns(storedCount(key, KEY_MAX))) return
  const book = state.newBook(storedText(account), storedText(instrument), storedCount(key))
  if (state.books.get(book.account, book.instrument, book.key) !== undefined) throw snapshotError('the same book twice')
  book.restore(
    storedBytes(packed),
    storedList(statusCounts, STATUS_NAMES.length).map((count) => storedCount(count, ORDERS_MAX)),
  )
  book.position.net = storedNumber(net)
  book.position.cost = storedNumber(cost)
  book.position.realized = storedNumber(realized)
  book.position.decimals = Math.max(SHARE_DECIMALS_MIN, storedCount(decimals, SHARE_DECIMALS_MAX))
  state.books.set(book.account, book.instrument, book)
}

function restoreBalance(state: TradingState, row: readonly unknown[], owns: (key: number) => boolean): void {
  const account = storedText(row[0])
  const currency = storedText(row[1])
  const key = storedCount(row[2], KEY_MAX)
  if (!owns(key)) return
  if (state.balances.get(account, currency, key) !== undefined) throw snapshotError('the same balance twice')
  const time = parseTime(row[4])
  if (time === undefined) throw snapshotError('a balance without a time')
  state.balances.set(account, currency, { amount: storedNumber(row[3]), time, key })
}
