import { isoText } from '../../src/foreign/recovery-service/index.ts'
import { type ServicePosition, ServicePositions } from '../../src/trading/service-positions.ts'
import { jsonText } from '../service/json-text.ts'
import { isUpTo, readService } from '../service/service-source.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain } from '../support/failure.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface RecoverFlags {
  /** Nanoseconds since 1970. */
  readonly timestamp?: bigint
  readonly compat?: true
  readonly json?: true
}

export async function recoverPositions(path: string, flags: RecoverFlags, output: Output): Promise<number> {
  const { timestamp, compat = false as const } = flags
  const positions = new ServicePositions()
  const { faults } = await readService(path, {
    onEvent: (event) => {
      if (isUpTo(event.createdAt, timestamp, compat)) positions.apply(event)
      return undefined
    },
  })
  const open = positions.open()
  const counts = { total_positions: positions.total, open_positions: open.size }
  const recovery = timestamp === undefined ? 'current' : isoText(timestamp)
  if (flags.json || compat)
    output.line(printable(jsonText({ ...counts, positions: open, recovery_timestamp: recovery })))
  else for (const line of linesOf(positions.total, open)) output.line(printable(line))
  await output.flush()
  for (const fault of faults) complain(printable(fault))
  return faults.length === 0 ? EXIT_FINE : EXIT_NO
}

function* linesOf(total: number, open: ReadonlyMap<string, ServicePosition>): Generator<string> {
  yield `Total positions: ${total}`
  yield `Open positions: ${open.size}`
  for (const [id, position] of open) {
    const [symbol, side, price] = ['symbol', 'side', 'entry_price'].map((name) => factText(position.get(name)))
    yield `${id}: ${symbol} ${side} @ ${price}`
  }
}

function factText(fact: unknown): string {
  if (fact === undefined) return '?'
  return typeof fact === 'string' ? fact : jsonText(fact)
}
