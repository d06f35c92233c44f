import { RingwalError } from '../errors.ts'
import type { ReplayEntry } from '../replay/reducer.ts'
import { type BalanceFacts, parseBalanceEvent } from './balance-event.ts'
import { Book } from './book.ts'
import { add, type Decimal, ZERO } from './decimal.ts'
import { Fault } from './event-fields.ts'
import { KeyedPairs } from './keyed-pairs.ts'
import { OrderDecoder } from './order-decoder.ts'
import { parseOrderEvent } from './order-event.ts'
import type { Verdict } from './order-machine.ts'
import { OrderTable } from './order-table.ts'
import { BALANCE_EVENT, ORDER_EVENT, TRADE_EVENT } from './record-types.ts'
import { RowTable } from './row-table.ts'

/** What the state needs of a record. With `as`, events are read straight from its payload. */
export type TradingEntry = Pick<ReplayEntry, 'lsn' | 'type' | 'key' | 'value' | 'as'>

/** Of the records that were handed over. `events` = `stateRejected` + `ledgerApplied`. */
export interface TradingCounts {
  /** Records of a declared type that hold a valid event. */
  events: number
  /** Records of other types. */
  ignored: number
  /** Records of a declared type that hold no valid event. */
  parseErrors: number
  /** Events that the order state machine refused: they change nothing. */
  stateRejected: number
  /** Events that it took, and balance events: also if the ledger had nothing to do. */
  ledgerApplied: number
}

/** A record that was not taken, and why. */
export interface Problem {
  readonly lsn: number
  readonly kind: 'parse_error' | 'state_rejected'
  readonly reason: string
}

export type Outcome =
  | Verdict
  /** The record's type is not a declared one. */
  | { readonly outcome: 'ignored' }
  | { readonly outcome: 'invalid'; readonly fault: Fault }

export interface Balance {
  readonly amount: Decimal
  /** Of the last event, in nanoseconds since the Unix epoch. */
  readonly time: bigint
  readonly key: number
}

/** Of the problems, those with the lowest LSNs are kept. */
export const PROBLEMS_MAX = 10

/** Places for books that are found by their keys, whose lower bits are much the same in the states of one replay. */
const RECENT_BOOKS = 1024
const RECENT_SHIFT = 16

const IGNORED: Outcome = { outcome: 'ignored' }
const ACCEPTED: Outcome = { outcome: 'accepted' }

/**
 * Orders, positions and balances, as the events of a log make them: in a replay, and in an engine that goes on from there.
 * Events of one account and instrument are to have one key, such as `keyOf` gives: what stands under several is kept apart,
 * as the threads of a replay could not see each other's part of it. `splits` tells whether there is any.
 */
export class TradingState {
  readonly counts: TradingCounts = { events: 0, ignored: 0, parseErrors: 0, stateRejected: 0, ledgerApplied: 0 }
  /** By LSN. */
  problems: readonly Problem[] = []
  readonly books: KeyedPairs<Book> = new KeyedPairs()
  readonly balances: KeyedPairs<Balance> = new KeyedPairs()
  private readonly tables = { orders: new OrderTable(), books: new RowTable() }
  /** The books of the last events, by their keys: keys are hashes. */
  private readonly recent: (Book | undefined)[] = new Array(RECENT_BOOKS).fill(undefined)
  private decoder: OrderDecoder | undefined

  /** Takes a record in. Never throws for what a record holds. */
  apply(entry: TradingEntry): Outcome {
    switch (entry.type) {
      case ORDER_EVENT:
      case TRADE_EVENT:
        return this.applyOrder(entry)
      case BALANCE_EVENT:
        return this.applyBalance(entry)
      default:
        this.counts.ignored++
        return IGNORED
    }
  }

  /** What `apply` would say of an event, which an engine may ask before it appends it. Changes nothing. */
  check({ type, key, value }: Pick<TradingEntry, 'type' | 'key' | 'value'>): Outcome {
    if (type !== ORDER_EVENT && type !== TRADE_EVENT && type !== BALANCE_EVENT) return IGNORED
    const facts = type === BALANCE_EVENT ? parseBalanceEvent(value) : parseOrderEvent(value)
    if (facts instanceof Fault) return { outcome: 'invalid', fault: facts }
    if ('currency' in facts) return ACCEPTED
    const book =
      this.books.get(facts.account, facts.instrument, key) ?? this.newBook(facts.account, facts.instrument, key)
    return book.judge(facts)
  }

  /** Takes over all of another shard's state, which must not be used any more. */
  absorb(other: TradingState): void {
    for (const name of Object.keys(this.counts) as (keyof TradingCounts)[]) this.counts[name] += other.counts[name]
    this.problems = [...this.problems, ...other.problems].sort((a, b) => a.lsn - b.lsn).slice(0, PROBLEMS_MAX)
    unite(this.books, other.books)
    unite(this.balances, other.balances)
  }

  /** Pairs of account and instrument, or account and currency, that stand under more than one key. */
  get splits(): number {
    return this.books.splits + this.balances.splits
  }

  private applyOrder(entry: TradingEntry): Outcome {
    const facts = factsOf(entry, this.orderDecoder)
    if (facts instanceof Fault) return this.refuse(entry, facts)
    const { key } = entry
    const { account, instrument, orderId } = facts
    const known = orderId.bookOf(account, instrument, key) ?? this.bookOf(account, instrument, key)
    const book = known ?? this.newBook(account, instrument, key)
    this.counts.events++
    const verdict = book.apply(facts, entry.type === TRADE_EVENT)
    if (verdict.outcome === 'rejected') {
      this.counts.stateRejected++
      this.note({ lsn: entry.lsn, kind: 'state_rejected', reason: verdict.reason })
      return verdict
    }
    this.counts.ledgerApplied++
    if (known === undefined) this.books.set(account, instrument, book)
    return verdict
  }

  private bookOf(account: string, instrument: string, key: number): Book | undefined {
    const place = (key ^ (key >>> RECENT_SHIFT)) & (RECENT_BOOKS - 1)
    const recent = this.recent[place]
    if (recent?.key === key && recent.account === account && recent.instrument === instrument) return recent
    const book = this.books.get(account, instrument, key)
    this.recent[place] = book
    return book
  }

  private applyBalance(entry: TradingEntry): Outcome {
    const facts = factsOf(entry, balanceDecoder)
    if (facts instanceof Fault) return this.refuse(entry, facts)
    const { account, currency, time } = facts
    const { key } = entry
    const before = this.balances.get(account, currency, key)
    this.counts.events++
    this.counts.ledgerApplied++
    this.balances.set(account, currency, { amount: amountAfter(before, facts), time, key })
    return ACCEPTED
  }

  /** A book that is not among those of the state yet. */
  newBook(account: string, instrument: string, key: number): Book {
    return new Book(account, instrument, key, this.tables)
  }

  private get orderDecoder(): OrderDecoder {
    this.decoder ??= new OrderDecoder()
    return this.decoder
  }

  private refuse(entry: TradingEntry, fault: Fault): Outcome {
    this.counts.parseErrors++
    this.note({ lsn: entry.lsn, kind: 'parse_error', reason: fault.message })
    return { outcome: 'invalid', fault }
  }

  private note(problem: Problem): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems = [...this.problems, problem]
  }
}

/** The event of a record: also what is no MessagePack, or not what its type says, is a fault of the record. */
function factsOf<Facts>(entry: TradingEntry, decoder: EventDecoder<Facts>): Facts | Fault {
  try {
    return decoder.decodeEntry(entry)
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_INPUT') throw error
    // Its reason, and not its message: readers word that in different ways, and equal records are to make equal states.
    return new Fault('payload', error.facts['reason'], 'one value in MessagePack')
  }
}

/** What reads the event of a record. */
interface EventDecoder<Facts> {
  decodeEntry(entry: TradingEntry): Facts | Fault
}

const balanceDecoder: EventDecoder<BalanceFacts> = { decodeEntry: ({ value }) => parseBalanceEvent(value) }

function amountAfter(before: Balance | undefined, { adds, amount }: BalanceFacts): Decimal {
  return adds ? add(before?.amount ?? ZERO, amount) : amount
}

function unite<T extends { readonly key: number }>(all: KeyedPairs<T>, part: KeyedPairs<T>): void {
  for (const [account, name, value] of part.entries()) {
    if (all.get(account, name, value.key) !== undefined) {
      const facts = { account, name, key: value.key }
      const what = JSON.stringify([account, name])
      throw new RingwalError('ERR_RINGWAL_INPUT', `two states hold ${what}: they are no shards of one`, facts)
    }
    all.set(account, name, value)
  }
}
