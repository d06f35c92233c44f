import { RingwalError } from '../../src/errors.ts'
import type { RecoveryReport, ReplayReport } from '../../src/index.ts'
import { routingKey, type TradingState } from '../../src/trading/index.ts'
import { plural } from '../support/format.ts'

/** Why a replayed state is not to be trusted, or the log could not be opened; empty if nothing is the matter. */
export function doubtsAbout(
  state: TradingState,
  report: ReplayReport,
  { observing }: RecoveryReport,
): readonly RingwalError[] {
  const obstacles = (observing?.reasons ?? []).map(
    ({ code, message, remedy }) => new RingwalError(code, `${message}; ${remedy}`),
  )
  const found = [damageIn(report), refusedIn(state), strangeKeysIn(state)]
  return [...obstacles, ...found.filter((doubt) => doubt !== undefined)]
}

function damageIn({ observing }: ReplayReport): RingwalError | undefined {
  return observing === null ? undefined : new RingwalError('ERR_RINGWAL_DAMAGED', `replay: ${observing}`)
}

function refusedIn({ counts, problems }: TradingState): RingwalError | undefined {
  const { parseErrors, stateRejected } = counts
  if (parseErrors + stateRejected === 0) return undefined
  const [first] = problems
  const example = first === undefined ? '' : `; the first is LSN ${first.lsn}: ${first.reason}`
  const message = `replay: ${plural(parseErrors, 'record')} held no event, and the order state machine refused ${stateRejected}${example}`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { parseErrors, stateRejected })
}

/** The engine goes by its own routing keys: it would not see orders that were logged under others. */
function strangeKeysIn({ books }: TradingState): RingwalError | undefined {
  let strange = 0
  for (const [account, instrument, { key }] of books.entries()) if (key !== routingKey(account, instrument)) strange++
  if (strange === 0) return undefined
  const message = `replay: events of ${plural(strange, 'position')} have another routing key than keyOf gives`
  return new RingwalError('ERR_RINGWAL_INPUT', message, { strange })
}
