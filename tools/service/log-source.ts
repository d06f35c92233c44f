import { EventStreamCheck, isoText } from '../../src/foreign/recovery-service/index.ts'
import { describeDamage } from '../../src/read/damage.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { Fault } from '../../src/trading/event-fields.ts'
import { balanceRows, orderRows, positionRows, TradingState } from '../../src/trading/index.ts'
import { type Row, rowOf } from '../../src/trading/service-columns.ts'
import { SERVICE_EVENT, type ServiceFacts } from '../../src/trading/service-event.ts'
import { ServiceState, serviceEventOf } from '../../src/trading/service-state.ts'
import { requireLog } from '../support/log-path.ts'
import { Faults, type ServiceSource, type SourceRequest } from './service-source.ts'

/** Words of the service for the states of an order, where it has others. */
const STATUSES: Readonly<Record<string, string>> = { accepted: 'new', canceled: 'cancelled' }

/**
 * A log of ours: the tables that its service events make, together with orders, positions and balances of its trading events.
 * The stream is that of all records, by their LSNs and times.
 */
export async function readServiceLog(path: string, { onEvent, plainIds }: SourceRequest): Promise<ServiceSource> {
  requireLog(path)
  const faults = new Faults()
  const [service, trading, stream] = [new ServiceState(), new TradingState(), new EventStreamCheck()]
  const take =
    onEvent === undefined
      ? undefined
      : (event: ServiceFacts | Fault) => (event instanceof Fault ? event : onEvent(event))
  for await (const entry of readWal(path, { onDamage: (damage) => faults.add(describeDamage(damage)) })) {
    if (take === undefined) {
      stream.add(entry.lsn, isoText(entry.time))
      trading.apply(entry)
    }
    if (entry.type !== SERVICE_EVENT) continue
    const fault = take === undefined ? service.apply(entry) : take(serviceEventOf(entry))
    if (fault !== undefined) faults.add(`parse_error at LSN ${entry.lsn}: ${fault.message}`)
  }
  for (const { lsn, kind, reason } of trading.problems) faults.add(`${kind} at LSN ${lsn}: ${reason}`)
  if (trading.splits > 0) faults.add(`${trading.splits} accounts and instruments stand under several keys`)
  return {
    tables: {
      positions: [...service.fullRows('positions'), ...tradedPositions(trading)],
      orders: function* () {
        yield* service.fullRows('orders')
        yield* tradedOrders(trading, plainIds === true)
      },
      balances: [...service.fullRows('balances'), ...tradedBalances(trading)],
    },
    stream,
    faults: faults.list(),
  }
}

/** Accounts are told apart by their ids in front of the names. */
function tradedPositions(state: TradingState): Row[] {
  return positionRows(state).map(
    ({ account_id: account, instrument_id: instrument, direction, volume, avg_price: price }) => {
      const isOpen = direction !== 'flat'
      const name = { position_id: `${account}/${instrument}`, symbol: instrument, side: direction }
      return row('positions', { ...name, entry_price: price, quantity: volume, status: isOpen ? 'open' : 'closed' })
    },
  )
}

/** Not by way of `row`: there may be millions of them, which are gone through more than once. */
function* tradedOrders(state: TradingState, hasPlainIds: boolean): Generator<Row> {
  for (const order of orderRows(state)) {
    const position = `${order.account_id}/${order.instrument_id}`
    const id = `${position}/${order.client_order_id}`
    yield {
      order_id: id,
      client_order_id: hasPlainIds ? order.client_order_id : id,
      status: STATUSES[order.status] ?? order.status,
      symbol: order.instrument_id,
      side: order.side,
      quantity: order.total_volume === null ? null : Number(order.total_volume),
      price: order.avg_fill_price === null ? null : Number(order.avg_fill_price),
      filled_quantity: Number(order.filled_volume),
      position_id: position,
    }
  }
}

function tradedBalances(state: TradingState): Row[] {
  return balanceRows(state).map(({ account_id: account, currency, amount }) =>
    row('balances', {
      asset: `${account}/${currency}`,
      free_balance: amount,
      locked_balance: 0,
      total_balance: amount,
    }),
  )
}

function row(table: 'positions' | 'balances', values: Readonly<Record<string, unknown>>): Row {
  return rowOf(table, values) as Row
}
