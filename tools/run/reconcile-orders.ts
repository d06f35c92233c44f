import { RingwalError } from '../../src/errors.ts'
import { type Reconciliation, reconcileOrders } from '../../src/foreign/recovery-service/index.ts'
import { readJsonFile } from '../service/json-file.ts'
import { exchangeOrders } from '../service/json-source.ts'
import { jsonText } from '../service/json-text.ts'
import { readService } from '../service/service-source.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain } from '../support/failure.ts'
import { plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface ReconcileFlags {
  readonly exchange?: string
  readonly compat?: true
  readonly json?: true
}

export async function reconcile(path: string, flags: ReconcileFlags, output: Output): Promise<number> {
  const { exchange, compat = false as const } = flags
  if (exchange === undefined)
    throw new RingwalError('ERR_RINGWAL_OPTION', '--exchange is missing: it must be given', { option: '--exchange' })
  const orders = exchangeOrders(await readJsonFile(exchange))
  const { tables, faults } = await readService(path, { plainIds: true })
  const result = reconcileOrders(tables.orders(), orders, compat)
  if (flags.json || compat) output.line(printable(jsonText(result)))
  else for (const line of linesOf(result)) output.line(printable(line))
  await output.flush()
  for (const fault of faults) complain(printable(fault))
  return result.is_reconciled && faults.length === 0 ? EXIT_FINE : EXIT_NO
}

function* linesOf(result: Reconciliation): Generator<string> {
  const { missing_in_db: missingHere, missing_on_exchange: missingThere, status_mismatches: mismatches } = result
  for (const order of missingHere) {
    const { clientOrderId, status } = order as { readonly clientOrderId: unknown; readonly status: unknown }
    yield `missing here: ${clientOrderId} is ${status} on the exchange`
  }
  for (const { client_order_id: id, status } of missingThere) yield `missing on the exchange: ${id} is ${status} here`
  for (const { client_order_id: id, db_status: here, exchange_status: there } of mismatches)
    yield `status mismatch: ${id} is ${here} here, ${there} on the exchange`
  const counts = [
    `${missingHere.length} missing here`,
    `${missingThere.length} missing on the exchange`,
    plural(mismatches.length, 'status mismatch').replace(/mismatchs$/, 'mismatches'),
  ]
  const orders = `${plural(result.db_order_count, 'order')} here, ${result.exchange_order_count} on the exchange`
  yield `${result.is_reconciled ? 'RECONCILED' : 'NOT RECONCILED'}: ${orders}; ${counts.join(', ')}`
}
