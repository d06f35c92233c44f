import { type ReplayCounts, summaryLine } from '../summary-line.ts'
import type { OrderJsonlWarning } from './line-warnings.ts'
import type { StreamRefusal } from './stream-check.ts'

/** An order as the original told of it. */
export interface OrderJsonlOrder {
  readonly account_id: string
  readonly instrument_id: string
  /** 0 new, 1 accepted, 2 partially filled, 3 filled, 4 canceled, 5 rejected. */
  readonly status: number
  readonly total_volume: number
  readonly filled_volume: number
  /** Nanoseconds since the Unix epoch, in decimal digits. */
  readonly last_update_ts_ns: string
  readonly is_terminal: boolean
  readonly message: string
}

/** A position as the original told of it. */
export interface OrderJsonlPosition {
  readonly account_id: string
  readonly instrument_id: string
  readonly direction: 'long' | 'short'
  readonly volume: number
  readonly avg_price: number
  readonly margin: number
  /** Nanoseconds since the Unix epoch, in decimal digits. */
  readonly ts_ns: string
}

/** A line that gave no event, or an event that was refused. */
export interface OrderJsonlProblem {
  readonly is: 'parse-error' | 'state-rejected'
  /** From 1, blank lines counted. */
  readonly line: number
  readonly offset: number
  readonly reason: string
}

/** What a replay found. Lines that are blank do not count. */
export interface OrderJsonlResult {
  readonly lines: number
  readonly events: number
  readonly ignored: number
  readonly parse_errors: number
  readonly state_rejected: number
  readonly ledger_applied: number
  /** Orders that have not ended. */
  readonly active: number
  /** By client order id, in the order of the ids' bytes. A byte that is no UTF-8 is shown as the lone surrogate U+DC00 + byte. */
  readonly orders: ReadonlyMap<string, OrderJsonlOrder>
  readonly positions: readonly OrderJsonlPosition[]
  /** What the original did by accident; the first ones, up to `maxReports`. */
  readonly warnings: readonly OrderJsonlWarning[]
  readonly warningsTotal: number
  /** Parse errors and refused events; the first ones, up to `maxReports`. */
  readonly problems: readonly OrderJsonlProblem[]
  /** Set if the file is of version 4 and not right: then nothing of it was used, and `parse_errors` is 1. */
  readonly refusal: StreamRefusal | undefined
  /** Whether there are no parse errors, no refused events and no damage; with `strict`, no warnings either. */
  readonly isClean: boolean
}

/** The one line of a replay, exactly as the original's tool printed it. */
export function orderJsonlSummary(path: string, result: OrderJsonlResult): string {
  const { lines, events, ignored, parse_errors, state_rejected, ledger_applied } = result
  const counts: ReplayCounts = {
    lines,
    events,
    ignored,
    parseErrors: parse_errors,
    stateRejected: state_rejected,
    ledgerApplied: ledger_applied,
  }
  return summaryLine(path, counts)
}
