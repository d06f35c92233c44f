import { exactDouble } from '../exact-number.ts'
import { describeWarning } from './line-warnings.ts'
import type { OrderJsonlPosition, OrderJsonlResult } from './result.ts'

/**
 * The result as JSON text, on one line: the counters, `active`, `orders`, `positions` and `warnings`. Times are decimal digits
 * in quotes; an average that is no number is `"NaN"` or `"Infinity"`.
 */
export function orderJsonlJson(result: OrderJsonlResult): string {
  return [...orderJsonlJsonParts(result)].join('')
}

/**
 * The same in parts: the whole text of millions of orders is longer than a string can be. Written by hand, as an object would
 * put ids such as `10` in front and take `__proto__` for something else.
 */
export function* orderJsonlJsonParts(result: OrderJsonlResult): Generator<string> {
  const { lines, events, ignored, parse_errors, state_rejected, ledger_applied, active } = result
  const counters = { lines, events, ignored, parse_errors, state_rejected, ledger_applied, active }
  yield `${JSON.stringify(counters).slice(0, -1)},"orders":{`
  let separator = ''
  for (const [id, order] of result.orders) {
    yield `${separator}${JSON.stringify(id)}:${JSON.stringify(order)}`
    separator = ','
  }
  yield '},"positions":['
  yield result.positions.map(positionJson).join(',')
  yield '],"warnings":'
  const left = result.warningsTotal - result.warnings.length
  const texts = result.warnings.map(describeWarning)
  yield `${JSON.stringify(left === 0 ? texts : [...texts, `… and ${left} more`])}}`
}

function positionJson(position: OrderJsonlPosition): string {
  return JSON.stringify({
    ...position,
    avg_price: exactDouble(position.avg_price),
    margin: exactDouble(position.margin),
  })
}
