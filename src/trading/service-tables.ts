/** What the events of the recovery service make of its tables. */
import { Fault } from './event-fields.ts'
import { type Cell, type Row, rowOf, SERVICE_TABLE_NAMES, type ServiceTable } from './service-columns.ts'
import { isServiceKind, type ServiceFacts, type ServiceKind } from './service-event.ts'

/** Rows of a table by their keys, in the order in which they were put in. */
type Table = Map<Cell | symbol, Row>

/** What an event changes in a table: it puts a row in, or sets columns of the one that it is about. */
interface Change {
  readonly how: 'put' | 'update'
  readonly table: ServiceTable
  readonly values: Readonly<Record<string, unknown>>
}

/** Facts of a position that an update may tell; others are passed over. */
const UPDATED = ['quantity', 'unrealized_pnl', 'realized_pnl', 'current_price'] as const

/** What each kind changes. A time that the event does not tell is that at which it was written down. */
const CHANGES: Readonly<Record<ServiceKind, (event: ServiceFacts) => readonly Change[]>> = {
  POSITION_OPENED: ({ id, data, createdAt }) => [
    put('positions', {
      ...pick(data, ['symbol', 'side', 'entry_price', 'quantity', 'strategy_id']),
      ...{ position_id: id, status: 'open', opened_at: told(data, 'opened_at', createdAt) },
    }),
  ],
  POSITION_UPDATED: ({ data }) => {
    const names = UPDATED.filter((name) => Object.hasOwn(data, name))
    return [update('positions', pick(data, names))]
  },
  POSITION_CLOSED: ({ data, createdAt }) => [
    update('positions', {
      ...pick(data, ['exit_price', 'realized_pnl']),
      ...{ status: 'closed', closed_at: told(data, 'closed_at', createdAt) },
    }),
  ],
  ORDER_PLACED: ({ id, data, createdAt }) => [
    put('orders', {
      ...pick(data, ['client_order_id', 'symbol', 'side', 'order_type', 'quantity', 'price']),
      ...{ order_id: id, status: 'new', created_at: told(data, 'created_at', createdAt) },
    }),
  ],
  ORDER_FILLED: ({ data, createdAt }) => [
    update('orders', {
      ...pick(data, ['filled_quantity', 'executed_price']),
      status: isTrue(told(data, 'is_fully_filled', null)) ? 'filled' : 'partially_filled',
      filled_at: told(data, 'filled_at', createdAt),
    }),
  ],
  ORDER_CANCELLED: ({ data, createdAt }) => [
    update('orders', { status: 'cancelled', cancelled_at: told(data, 'cancelled_at', createdAt) }),
  ],
  BALANCE_UPDATED: ({ data, createdAt }) => [
    put('balances', {
      ...pick(data, ['free_balance', 'locked_balance', 'total_balance']),
      ...{ asset: told(data, 'asset', 'USDT'), updated_at: told(data, 'updated_at', createdAt) },
    }),
  ],
  TIER_CHANGED: ({ data, createdAt }) => [
    put('tier_history', {
      ...pick(data, ['old_tier', 'new_tier', 'reason']),
      changed_at: told(data, 'changed_at', createdAt),
    }),
    put('system_state', { key: 'current_tier', value: told(data, 'new_tier', null) }),
  ],
  RISK_LIMIT_SET: ({ data, createdAt }) => [
    put('risk_limits', {
      ...pick(data, ['limit_type', 'limit_value', 'tier']),
      updated_at: told(data, 'updated_at', createdAt),
    }),
  ],
  CHECKPOINT: ({ id, data, createdAt }) => [
    put('checkpoints', {
      ...pick(data, ['state_hash']),
      ...{ checkpoint_id: id, created_at: told(data, 'created_at', createdAt) },
    }),
  ],
}

function put(table: ServiceTable, values: Change['values']): Change {
  return { how: 'put', table, values }
}

function update(table: ServiceTable, values: Change['values']): Change {
  return { how: 'update', table, values }
}

function pick(data: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, told(data, name, null)]))
}

/** What is told, also if that is null. */
function told(data: Readonly<Record<string, unknown>>, name: string, otherwise: unknown): unknown {
  return Object.hasOwn(data, name) ? data[name] : otherwise
}

/** As in Python: nothing, zero and what is empty are false, any other text is true. */
function isTrue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value)
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0
}

/** The tables as they stand behind a number of events. */
export class ServiceTables {
  private readonly tables: ReadonlyMap<ServiceTable, Table> = new Map(
    SERVICE_TABLE_NAMES.map((name) => [name, new Map()]),
  )

  /**
   * Takes an event in. One about what is not there changes nothing.
   * @returns the fault of an event that tells what no column takes: it changes nothing either
   */
  apply(event: ServiceFacts): Fault | undefined {
    if (!isServiceKind(event.kind)) return undefined
    const changes = CHANGES[event.kind](event)
    const rows: Row[] = []
    for (const { table, values } of changes) {
      const row = rowOf(table, values)
      if (row instanceof Fault) return row
      rows.push(row)
    }
    for (const [index, { how, table, values }] of changes.entries()) {
      if (how === 'put') this.putRow(table, rows[index]!)
      else this.updateRow(table, event.id, values, rows[index]!)
    }
    return undefined
  }

  /** Rows in the order of the table. */
  rows(table: ServiceTable): Row[] {
    return [...this.tables.get(table)!.values()]
  }

  /** Puts in a row that has all columns of the table, in place of the one that has its key. It is the last one then. */
  putRow(name: ServiceTable, row: Row): void {
    const table = this.tables.get(name)!
    const column = Object.keys(row)[0]!
    if (name === 'tier_history') row[column] ??= table.size + 1
    // Of rows without a key there may be many.
    const key = row[column] ?? Symbol(name)
    table.delete(key)
    table.set(key, row)
  }

  private updateRow(name: ServiceTable, id: string, values: Change['values'], cells: Row): void {
    const row = this.tables.get(name)!.get(id)
    if (row === undefined) return
    for (const column of Object.keys(values)) row[column] = cells[column] ?? null
  }
}
