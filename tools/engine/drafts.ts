/** What a request asks to be recorded, with the fields that it left out. */

import { RingwalError } from '../../src/errors.ts'
import { ORDER_EVENT, STATUS_NAMES, TRADE_EVENT } from '../../src/trading/index.ts'

/** Record type of POST /audit: no trading type, so a replay passes it over. */
export const AUDIT_RECORD = 0

export interface Draft {
  readonly type: number
  readonly value: unknown
}

/** Statuses that say of an order that something of it was filled: how much must be told then. */
const FILL_STATUSES: readonly unknown[] = [STATUS_NAMES.indexOf('partially_filled'), STATUS_NAMES.indexOf('filled')]

/** An order event. It may leave out `status` (new), `filled_volume` (0, unless the status speaks of fills) and `ts_ns` (now). */
export function draftOrder(raw: unknown): Draft {
  if (!isObject(raw)) return { type: ORDER_EVENT, value: raw }
  const status = statusOf(raw['status'] ?? 0)
  if (raw['filled_volume'] == null && FILL_STATUSES.includes(status)) {
    const facts = { field: 'filled_volume', value: 'undefined', allowed: 'what is filled of the order so far' }
    throw new RingwalError('ERR_RINGWAL_INPUT', 'filled_volume: must be told with this status', facts)
  }
  const filled_volume = raw['filled_volume'] ?? 0
  return { type: ORDER_EVENT, value: { ...raw, status, filled_volume, ts_ns: raw['ts_ns'] ?? now() } }
}

/** A trade event. It may leave out `ts_ns` (now), and nothing else that an order has. */
export function draftFill(raw: unknown): Draft {
  if (!isObject(raw)) return { type: TRADE_EVENT, value: raw }
  return { type: TRADE_EVENT, value: { ...raw, status: statusOf(raw['status']), ts_ns: raw['ts_ns'] ?? now() } }
}

/** Any value, as it is. */
export function draftAudit(value: unknown): Draft {
  return { type: AUDIT_RECORD, value }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A status may be told by its name, as the listings tell it. What is none of them is left to the event's own check. */
function statusOf(status: unknown): unknown {
  const index = (STATUS_NAMES as readonly unknown[]).indexOf(status)
  return index < 0 ? status : index
}

/** Nanoseconds since the Unix epoch: as text, since a double does not hold them. */
function now(): string {
  return `${Date.now()}000000`
}
