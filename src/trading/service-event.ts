/** Events of the recovery service, as they stand in a log. */
import { Fault, fieldsOf, isText, TEXT_ALLOWED } from './event-fields.ts'
import { type Cell, sequenceCell } from './service-columns.ts'

/** Record type of a service event: the `type` of its frame. Stable for ever, as those of the trading events are. */
export const SERVICE_EVENT = 4

/** What an event may be about; an event of another kind changes nothing. */
export const SERVICE_KINDS = [
  'POSITION_OPENED',
  'POSITION_UPDATED',
  'POSITION_CLOSED',
  'ORDER_PLACED',
  'ORDER_FILLED',
  'ORDER_CANCELLED',
  'BALANCE_UPDATED',
  'TIER_CHANGED',
  'RISK_LIMIT_SET',
  'CHECKPOINT',
] as const
export type ServiceKind = (typeof SERVICE_KINDS)[number]

/** A value that is to be appended as SERVICE_EVENT. */
export interface ServiceEvent {
  readonly event_type: string
  /** The position, order or checkpoint that it is about. */
  readonly aggregate_id: string
  /** Its facts by their names; also as the text of a JSON object. */
  readonly event_data: Readonly<Record<string, unknown>> | string
  readonly event_id?: string | null
  /** By default the record's LSN. */
  readonly sequence_number?: number | bigint | null
  /** ISO 8601; by default the record's time. */
  readonly created_at?: string | null
}

/** A checked service event. */
export interface ServiceFacts {
  readonly kind: string
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
  readonly sequence: Cell
  readonly createdAt: string | null
}

const DATA_ALLOWED = 'an object, or the text of one in JSON'

/** The checked event, or the fault of a value that is none. */
export function parseServiceEvent(value: unknown): ServiceFacts | Fault {
  const fields = fieldsOf(value)
  if (fields instanceof Fault) return fields
  const { event_type: kind, aggregate_id: id, created_at: createdAt = null } = fields
  if (!isText(kind)) return new Fault('event_type', kind, TEXT_ALLOWED)
  if (!isText(id)) return new Fault('aggregate_id', id, TEXT_ALLOWED)
  if (createdAt !== null && !isText(createdAt)) return new Fault('created_at', createdAt, `null, or ${TEXT_ALLOWED}`)
  const data = dataOf(fields['event_data'])
  if (data instanceof Fault) return data
  const sequence = sequenceCell(fields['sequence_number'])
  return sequence instanceof Fault ? sequence : { kind, id, data, sequence, createdAt }
}

function dataOf(value: unknown): Readonly<Record<string, unknown>> | Fault {
  const data = fieldsOf(typeof value === 'string' ? parsed(value) : value)
  return data instanceof Fault ? new Fault('event_data', value, DATA_ALLOWED) : data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isServiceKind(kind: string): kind is ServiceKind {
  return (SERVICE_KINDS as readonly string[]).includes(kind)
}
