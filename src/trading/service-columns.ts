/** The tables of the recovery service, and what their columns make of a value. */
import { isWellFormed } from '../codec/text.ts'
import { Fault } from './event-fields.ts'

/** What stands in a column. */
export type Cell = string | number | bigint | null

/** A row, with all columns of its table in their order. */
export type Row = Record<string, Cell>

export type ServiceTable =
  | 'positions'
  | 'orders'
  | 'balances'
  | 'tier_history'
  | 'risk_limits'
  | 'checkpoints'
  | 'system_state'

/** The columns of each; the first is its key. */
const COLUMNS: Readonly<Record<ServiceTable, readonly string[]>> = {
  positions: [
    ...['position_id', 'symbol', 'side', 'entry_price', 'quantity', 'status', 'opened_at', 'strategy_id'],
    ...['unrealized_pnl', 'realized_pnl', 'current_price', 'exit_price', 'closed_at'],
  ],
  orders: [
    ...['order_id', 'client_order_id', 'symbol', 'side', 'order_type', 'quantity', 'price', 'status', 'created_at'],
    ...['filled_quantity', 'executed_price', 'filled_at', 'cancelled_at', 'position_id'],
  ],
  balances: ['asset', 'free_balance', 'locked_balance', 'total_balance', 'updated_at'],
  tier_history: ['id', 'old_tier', 'new_tier', 'reason', 'changed_at'],
  risk_limits: ['limit_type', 'limit_value', 'tier', 'updated_at'],
  checkpoints: ['checkpoint_id', 'state_hash', 'created_at'],
  system_state: ['key', 'value'],
}

export const SERVICE_TABLE_NAMES: readonly ServiceTable[] = Object.keys(COLUMNS) as ServiceTable[]

/** As SQLite has them: a column takes any value, and turns it into its own kind where nothing is lost by that. */
type ColumnKind = 'text' | 'real' | 'integer'

const KINDS: ReadonlyMap<string, ColumnKind> = new Map([
  ...['entry_price', 'quantity', 'unrealized_pnl', 'realized_pnl', 'current_price', 'exit_price', 'price'].map(real),
  ...['filled_quantity', 'executed_price', 'free_balance', 'locked_balance', 'total_balance', 'limit_value'].map(real),
  ['id', 'integer'],
])

function real(column: string): readonly [string, ColumnKind] {
  return [column, 'real']
}

/**
 * A row of what is told of its columns; the others are null. What is no column is passed over.
 * @returns the fault of a value that no column takes
 */
export function rowOf(table: ServiceTable, values: Readonly<Record<string, unknown>>): Row | Fault {
  const row: Row = {}
  for (const column of COLUMNS[table]) {
    const cell = cellOf(column, KINDS.get(column) ?? 'text', Object.hasOwn(values, column) ? values[column] : null)
    if (cell instanceof Fault) return cell
    row[column] = cell
  }
  return row
}

/** A sequence number as it is stored: null if there is none. */
export function sequenceCell(value: unknown): Cell | Fault {
  return cellOf('sequence_number', 'integer', value)
}

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function cellOf(column: string, kind: ColumnKind, value: unknown): Cell | Fault {
  if (value === undefined || value === null) return null
  const plain = typeof value === 'boolean' ? Number(value) : value
  if (typeof plain === 'string') {
    if (!isWellFormed(plain)) return new Fault(column, plain, 'well-formed text')
    return kind !== 'text' && NUMBER_TEXT.test(plain.trim()) ? numberCell(kind, Number(plain)) : plain
  }
  if (typeof plain === 'bigint') return kind === 'text' ? String(plain) : numberCell(kind, plain)
  if (typeof plain !== 'number' || Number.isNaN(plain)) return new Fault(column, value, 'a text, a number or null')
  return kind === 'text' ? numberText(plain) : numberCell(kind, plain)
}

function numberCell(kind: ColumnKind, value: number | bigint): number | bigint {
  // A 0 has no sign there.
  if (kind === 'real') return Number(value) + 0
  return typeof value === 'bigint' && BigInt.asIntN(54, value) === value ? Number(value) : value
}

/** A double as text has 15 digits, and always a point; what is whole counts as an integer. */
function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(Number(value.toPrecision(15)))
}
