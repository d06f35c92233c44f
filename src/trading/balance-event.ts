import type { Decimal } from './decimal.ts'
import {
  AMOUNT_ALLOWED,
  Fault,
  fieldsOf,
  isSequenceOrAbsent,
  isText,
  isTextOrAbsent,
  parseTime,
  type Quantity,
  SEQUENCE_ALLOWED,
  TEXT_ALLOWED,
  TIME_ALLOWED,
  type Whole,
} from './event-fields.ts'
import { parseDecimal } from './parse-decimal.ts'

interface BalanceFields {
  readonly account_id: string
  readonly currency: string
  /** When it happened, in nanoseconds since the Unix epoch. */
  readonly ts_ns: Whole
  readonly reason?: string
  readonly trace_id?: string
  readonly seq?: Whole
}

/** An amount of a currency in an account: `set` replaces what is there, `add` is added to it; either may be negative. */
export type BalanceEvent =
  | (BalanceFields & { readonly set: Quantity; readonly add?: never })
  | (BalanceFields & { readonly add: Quantity; readonly set?: never })

/** A checked balance event. */
export interface BalanceFacts {
  readonly account: string
  readonly currency: string
  readonly amount: Decimal
  /** The amount is added; else it replaces. */
  readonly adds: boolean
  readonly time: bigint
}

/**
 * Checks a value that is to be appended as BALANCE_EVENT, and gives it back.
 * @throws ERR_RINGWAL_INPUT with the facts `field`, `value` and `allowed`
 */
export function balanceEvent(value: unknown): BalanceEvent {
  const facts = parseBalanceEvent(value)
  if (facts instanceof Fault) throw facts.toError()
  return value as BalanceEvent
}

/** The facts of a balance event from anywhere, or the first fault. */
export function parseBalanceEvent(value: unknown): BalanceFacts | Fault {
  const raw = fieldsOf(value)
  if (raw instanceof Fault) return raw
  const { account_id: account, currency, set, add, reason, trace_id: trace, seq } = raw
  if (!isText(account)) return new Fault('account_id', account, TEXT_ALLOWED)
  if (!isText(currency) || currency === '') return new Fault('currency', currency, `${TEXT_ALLOWED}, not empty`)
  if ((set == null) === (add == null)) return new Fault('set', set, 'either set or add')
  const amount = parseDecimal(set ?? add)
  if (amount === undefined) return new Fault(set == null ? 'add' : 'set', set ?? add, AMOUNT_ALLOWED)
  const time = parseTime(raw['ts_ns'])
  if (time === undefined) return new Fault('ts_ns', raw['ts_ns'], TIME_ALLOWED)
  if (!isTextOrAbsent(reason)) return new Fault('reason', reason, TEXT_ALLOWED)
  if (!isTextOrAbsent(trace)) return new Fault('trace_id', trace, TEXT_ALLOWED)
  if (!isSequenceOrAbsent(seq)) return new Fault('seq', seq, SEQUENCE_ALLOWED)
  return { account, currency, amount, adds: set == null, time }
}
