import { RingwalError } from '../../src/errors.ts'
import { compareSequence, EventStreamCheck } from '../../src/foreign/recovery-service/index.ts'
import { Fault, fieldsOf } from '../../src/trading/event-fields.ts'
import {
  type Cell,
  type Row,
  rowOf,
  SERVICE_TABLE_NAMES,
  type ServiceTable,
  sequenceCell,
} from '../../src/trading/service-columns.ts'
import { parseServiceEvent, type ServiceFacts } from '../../src/trading/service-event.ts'
import { ServiceState } from '../../src/trading/service-state.ts'
import { readJsonFile } from './json-file.ts'
import { Faults, type ServiceSource, type ServiceTablesView, type SourceRequest } from './service-source.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A file of the service: an object of tables, each a list of rows, `events` one of them; the same under `tables`, with or without
 * `events` beside it; or a list of events alone, or one event.
 * @throws ERR_RINGWAL_INPUT
 */
export async function readServiceFile(path: string, { onEvent }: SourceRequest): Promise<ServiceSource> {
  const all = membersOf(await readJsonFile(path))
  const tables = Object.hasOwn(all, 'tables') ? objectOf('tables', all['tables']) : all
  // A file of the service's cases has events, and beside them the tables that are made of them.
  const told = onEvent === undefined ? (tables['events'] ?? all['events']) : (all['events'] ?? tables['events'])
  const hasTables = SERVICE_TABLE_NAMES.some((name) => Object.hasOwn(tables, name))
  if (told === undefined && (onEvent !== undefined || !hasTables))
    throw refuse(onEvent === undefined ? 'there are neither events nor tables' : 'there are no events')
  const [made, stream, faults] = [new ServiceState(), new EventStreamCheck(), new Faults()]
  const take = onEvent ?? (hasTables ? undefined : (event: ServiceFacts) => made.take(event, 0))
  for (const { sequence, createdAt, value, place } of sortedEvents(told ?? [])) {
    stream.add(sequence, createdAt)
    if (take === undefined) continue
    const event = parseServiceEvent(value)
    const fault = event instanceof Fault ? event : take(event)
    if (fault !== undefined) faults.add(`event ${place}: ${fault.message}`)
  }
  const isTold = hasTables && onEvent === undefined
  const rows = (name: ServiceTable): Row[] => (isTold ? rowsOf(name, tables[name]) : made.fullRows(name))
  return { tables: viewOf(rows), stream, faults: faults.list() }
}

function viewOf(rows: (name: ServiceTable) => Row[]): ServiceTablesView {
  const orders = rows('orders')
  return { positions: rows('positions'), orders: () => orders, balances: rows('balances') }
}

/** A list, or one object that is an event by itself, is one of events. */
function membersOf(value: unknown): Fields {
  if (Array.isArray(value)) return { events: value }
  const members = objectOf('the file', value)
  return Object.hasOwn(members, 'event_type') ? { events: [value] } : members
}

interface SequencedEvent {
  readonly sequence: Cell
  readonly createdAt: string | null
  readonly value: unknown
  /** Its place in the list, from 1. */
  readonly place: number
}

function sortedEvents(list: unknown): SequencedEvent[] {
  const events = listOf('events', list).map((value, index): SequencedEvent => {
    const { sequence_number: number, created_at: time } = objectOf(`event ${index + 1}`, value)
    const sequence = sequenceCell(number)
    if (sequence instanceof Fault) throw refuse(`event ${index + 1}: ${sequence.message}`)
    if (typeof sequence === 'string') throw refuse(`event ${index + 1}: sequence_number: it is no number`)
    const createdAt = time === undefined || time === null ? null : String(time)
    return { sequence, createdAt, value, place: index + 1 }
  })
  return events.sort((a, b) => compareSequence(a.sequence, b.sequence))
}

function rowsOf(name: ServiceTable, list: unknown): Row[] {
  return listOf(name, list ?? []).map((value, index) => {
    const row = rowOf(name, objectOf(`row ${index + 1} of ${name}`, value))
    if (row instanceof Fault) throw refuse(`row ${index + 1} of ${name}: ${row.message}`)
    return row
  })
}

/** The orders of an exchange: a list, or one under `exchange_orders`. @throws ERR_RINGWAL_INPUT */
export function exchangeOrders(value: unknown): readonly unknown[] {
  const list = Array.isArray(value) ? value : objectOf("the exchange's file", value)['exchange_orders']
  return listOf("the exchange's orders", list)
}

function listOf(what: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw refuse(`${what}: it is no list`)
}

function objectOf(what: string, value: unknown): Fields {
  const fields = fieldsOf(value)
  if (fields instanceof Fault) throw refuse(`${what}: it is no object`)
  return fields
}

function refuse(reason: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', reason, { reason })
}
