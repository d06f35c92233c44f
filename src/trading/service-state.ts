/** The state of the recovery service, as the records of a log make it. */
import { createCodec } from '../codec/index.ts'
import { RingwalError } from '../errors.ts'
import type { ReplayEntry } from '../replay/reducer.ts'
import { Fault, fieldsOf } from './event-fields.ts'
import { type Row, rowOf, SERVICE_TABLE_NAMES, type ServiceTable } from './service-columns.ts'
import { isServiceKind, parseServiceEvent, SERVICE_EVENT, type ServiceFacts } from './service-event.ts'
import { ServiceTables } from './service-tables.ts'

/** What the state needs of a record. */
export type ServiceEntry = Pick<ReplayEntry, 'lsn' | 'time' | 'type' | 'value'>

/** A record that was not taken, and why. */
export interface ServiceProblem {
  readonly lsn: number
  readonly reason: string
}

export interface ServiceCounts {
  /** Events of a kind that is known. */
  events: number
  /** Records of other types, and events of other kinds. */
  ignored: number
  /** Records of the type that hold no event, or one with a value that no column takes. */
  parseErrors: number
}

/** Of the problems, the first are kept. */
const PROBLEMS_MAX = 10

const codec = createCodec({ useBigInt64: true })

export class ServiceState {
  readonly counts: ServiceCounts = { events: 0, ignored: 0, parseErrors: 0 }
  readonly problems: ServiceProblem[] = []
  private readonly tables = new ServiceTables()

  /** Takes a record in. Never throws for what a record holds. @returns what is wrong with it, if anything is */
  apply(entry: ServiceEntry): Fault | undefined {
    if (entry.type === SERVICE_EVENT) return this.take(serviceEventOf(entry), entry.lsn)
    this.counts.ignored++
    return undefined
  }

  /**
   * Takes in an event that was read from elsewhere, or the fault of one.
   * @param lsn its place there
   * @returns what is wrong with it, if anything is: then it changes nothing
   */
  take(event: ServiceFacts | Fault, lsn: number): Fault | undefined {
    const fault = event instanceof Fault ? event : this.tables.apply(event)
    if (fault !== undefined) {
      this.counts.parseErrors++
      if (this.problems.length < PROBLEMS_MAX) this.problems.push({ lsn, reason: fault.message })
    } else if (isServiceKind((event as ServiceFacts).kind)) this.counts.events++
    else this.counts.ignored++
    return fault
  }

  /** Rows in the order of the table, without the columns in which nothing stands. */
  rows(table: ServiceTable): Row[] {
    return this.tables
      .rows(table)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null)))
  }

  /** All rows with all their columns. */
  fullRows(table: ServiceTable): Row[] {
    return this.tables.rows(table)
  }

  /** Equal bytes for equal states. */
  snapshot(): Uint8Array {
    const tables = SERVICE_TABLE_NAMES.map((name) => this.tables.rows(name))
    return codec.encode({ counts: { ...this.counts }, problems: [...this.problems], tables }).slice()
  }

  /** @throws ERR_RINGWAL_INPUT for bytes that are no snapshot */
  static restore(bytes: Uint8Array): ServiceState {
    const state = new ServiceState()
    const { counts, problems, tables } = membersOf(codec.decode(bytes), ['counts', 'problems', 'tables'])
    for (const name of Object.keys(state.counts) as (keyof ServiceCounts)[]) {
      const count = membersOf(counts, [name])[name]
      if (!Number.isSafeInteger(count) || (count as number) < 0) throw noSnapshot(`counts.${name}`)
      state.counts[name] = count as number
    }
    for (const problem of listOf(problems, PROBLEMS_MAX)) {
      const { lsn, reason } = membersOf(problem, ['lsn', 'reason'])
      if (!Number.isSafeInteger(lsn) || typeof reason !== 'string') throw noSnapshot('problems')
      state.problems.push({ lsn: lsn as number, reason })
    }
    const lists = listOf(tables, SERVICE_TABLE_NAMES.length)
    for (const [index, name] of SERVICE_TABLE_NAMES.entries()) {
      for (const values of listOf(lists[index], Number.POSITIVE_INFINITY)) {
        const row = rowOf(name, membersOf(values, []))
        if (row instanceof Fault) throw noSnapshot(`${name}.${row.field}`)
        state.tables.putRow(name, row)
      }
    }
    return state
  }
}

/** The event of a record, with its place and time where it tells none of its own; or the fault of a record that holds none. */
export function serviceEventOf(entry: ServiceEntry): ServiceFacts | Fault {
  const event = parseServiceEvent(decodedValue(entry))
  if (event instanceof Fault) return event
  return { ...event, sequence: event.sequence ?? entry.lsn, createdAt: event.createdAt ?? isoText(entry.time) }
}

function decodedValue(entry: ServiceEntry): unknown {
  try {
    return entry.value
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_INPUT') throw error
    return undefined
  }
}

/** UTC, to the nanosecond, and as the service itself writes it: without a zone. */
function isoText(time: bigint): string {
  const second = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${second}.${String(time % 1_000_000_000n).padStart(9, '0')}`
}

function membersOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(value)
  if (fields instanceof Fault || !names.every((name) => Object.hasOwn(fields, name))) throw noSnapshot(names.join(', '))
  return fields
}

function listOf(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw noSnapshot('a list')
  return value
}

function noSnapshot(what: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INPUT', `these bytes are no snapshot of a service's state: ${what}`, { what })
}
