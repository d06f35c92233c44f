/** Replay of a ringwal log into trading state. */
import type { ReplayReport } from '../../src/index.ts'
import { describeDamage } from '../../src/read/damage.ts'
import { replay } from '../../src/replay/replay.ts'
import {
  balanceRows,
  countingReducer,
  orderRows,
  positionRows,
  type SummaryRow,
  summaryOf,
  type TradingState,
} from '../../src/trading/index.ts'
import { describeTornTail } from '../output/verify-report.ts'
import { formatBytes, formatCount } from '../support/format.ts'
import { requireLog } from '../support/log-path.ts'
import type { TextTarget } from './json-target.ts'
import { countsText, firstOf, type ReplayRequest, type ReplayView } from './replay-view.ts'

export async function replayRingwal(request: ReplayRequest, target: TextTarget | undefined): Promise<ReplayView> {
  const { path, workers, until, to, strict, onProgress } = request
  requireLog(path)
  const { state, report } = await replay<TradingState>(path, {
    reducer: countingReducer,
    onDamage: strict ? 'stop' : 'skip',
    onProgress: ({ bytesDone, bytesTotal }) => onProgress(bytesDone, bytesTotal),
    ...(workers === undefined ? {} : { workers }),
    ...(until === undefined ? {} : { until }),
    ...(to === undefined ? {} : { to }),
  })
  const summary = summaryOf(state)
  if (target !== undefined) for (const piece of stateJson(state, summary, report)) await target(piece)
  return viewOf(summary, positionRows(state).length, report, strict)
}

function viewOf(summary: SummaryRow, positions: number, report: ReplayReport, strict: boolean): ReplayView {
  const { events, ignored, parse_errors, state_rejected, ledger_applied, problems, splits } = summary
  const { damage, damageOmitted, lost, tornTail, lastLsn, checkpoint, passedOver, workers, bytesInFlightMax } = report
  const refused = problems.map(({ lsn, kind, reason }) => `${kind} at LSN ${lsn}: ${reason}`)
  const tombstones = lost.map(
    ({ from, to }) => `LSN ${from} to ${to} were lost before a repair: tombstones stand for them`,
  )
  const torn = tornTail === null ? [] : [describeTornTail(tornTail)]
  return {
    counts: {
      ...{ lines: events + ignored + parse_errors, events, ignored, parseErrors: parse_errors },
      ...{ stateRejected: state_rejected, ledgerApplied: ledger_applied },
    },
    isClean:
      parse_errors + state_rejected + splits + damage.length + damageOmitted + passedOver.length === 0 &&
      !(strict && lost.length > 0),
    bytes: report.bytes,
    rows: [
      ['orders', countsText(summary.orders_by_status)],
      ['positions', formatCount(positions)],
      ['begun with', checkpoint === null ? 'the first record' : `checkpoint ${checkpoint.name}`],
      ['last LSN', String(lastLsn)],
      ['threads', `${workers}, ${formatBytes(bytesInFlightMax)} of records between them at most`],
    ],
    complaints: [
      ...firstOf(damage.map(describeDamage), damage.length + damageOmitted),
      ...firstOf(passedOver.map(({ name, reason }) => `checkpoint ${name} was passed over: ${reason}`)),
      ...firstOf(refused, parse_errors + state_rejected),
      ...(splits > 0
        ? [`${splits} accounts and instruments stand under several keys: what they hold is kept apart`]
        : []),
      ...firstOf(tombstones),
      ...torn,
    ],
  }
}

/** The state and the report as one JSON object, in pieces: of millions of orders it is longer than a string can be. */
function* stateJson(state: TradingState, summary: SummaryRow, report: ReplayReport): Generator<string> {
  const { events, ignored, parse_errors, state_rejected, ledger_applied, active, ...rest } = summary
  const counts = {
    lines: events + ignored + parse_errors,
    events,
    ignored,
    parse_errors,
    state_rejected,
    ledger_applied,
  }
  yield `${JSON.stringify({ ...counts, active, ...rest }).slice(0, -1)},"orders":[`
  let comma = ''
  for (const row of orderRows(state)) {
    yield comma + JSON.stringify(row)
    comma = ','
  }
  const tables = { positions: positionRows(state), balances: balanceRows(state), report }
  yield `],${JSON.stringify(tables).slice(1)}`
}
