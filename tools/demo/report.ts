import type { Colors } from '../support/colors.ts'
import { formatCount } from '../support/format.ts'
import type { PolicySummary } from './summary.ts'
import { isFailed } from './summary.ts'
import type { KillResult } from './trial.ts'

/** The line that follows a kill; its times are those of opening the log and of replaying it. */
export function killLine(result: KillResult, kills: number, colors: Colors): string {
  const { policy, kill, afterMs, acknowledged, recovered, lostAcknowledged, openMs, replayMs, problem } = result
  const head = `${policy.padEnd(8)} kill ${kill}/${kills} after ${String(afterMs).padStart(3)} ms: `
  const counts = `${formatCount(acknowledged)} acknowledged, ${formatCount(recovered)} recovered, ${lostAcknowledged} lost`
  const times = `; ${ms(openMs)} + ${ms(replayMs)} ms`
  if (!isFailed(result)) return head + counts + colors.faint(times)
  return `${head}${counts}; ${colors.bad(problem ?? 'acknowledged events are lost')}`
}

const HEADINGS: readonly (readonly string[])[] = [
  ['sync', '', 'appended', 'acknowledged', '', 'lost', 'recovered', 'recovery, ms', ''],
  ['policy', 'kills', '(known)', 'durable', 'recovered', 'acknowledged', 'beyond ack.', 'open + replay', 'state'],
]

/** The table at the end: at most 100 columns wide. */
export function table(summaries: readonly PolicySummary[], colors: Colors): readonly string[] {
  const rows = [...HEADINGS, ...summaries.map(cells)]
  const widths = HEADINGS[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  const lines = rows.map((row) => row.map((cell, i) => pad(cell, widths[i]!, i)).join('  '))
  const rule = '-'.repeat(lines[0]!.length)
  const body = summaries.map((summary, i) => {
    const line = lines[i + HEADINGS.length]!
    return summary.failures > 0 ? colors.bad(line) : line
  })
  return [...lines.slice(0, HEADINGS.length), rule, ...body]
}

/** What the words of the table mean. */
export const NOTES: readonly string[] = [
  'appended: accepted by the engine, as far as it could say before it died. lost acknowledged: told',
  'durable, and then missing or changed. state: orders and positions as the engine rebuilt them, held',
  'against those of a model fed from the input. recovery: the slowest one, in a new process.',
]

function cells(summary: PolicySummary): readonly string[] {
  const { policy, kills, appended, acknowledged, recovered, lostAcknowledged, beyond, openMs, replayMs, failures } =
    summary
  const counts = [kills, appended, acknowledged, recovered, lostAcknowledged, beyond].map(formatCount)
  const recovery = `${ms(openMs)} + ${ms(replayMs)}`
  return [policy, ...counts, recovery, failures === 0 ? 'equal' : 'DIFFERS']
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

function ms(value: number): string {
  return value.toFixed(0)
}

/** The last sentence. */
export function verdict(summaries: readonly PolicySummary[], colors: Colors): string {
  const sum = (pick: (summary: PolicySummary) => number): number =>
    summaries.reduce((total, one) => total + pick(one), 0)
  const kills = sum(({ kills }) => kills)
  const lost = sum(({ lostAcknowledged }) => lostAcknowledged)
  const failures = sum(({ failures }) => failures)
  const told = formatCount(sum(({ acknowledged }) => acknowledged))
  if (lost > 0)
    return colors.bad(`FAILED: ${formatCount(lost)} of ${told} acknowledged events are lost after ${kills} kills.`)
  if (failures > 0)
    return colors.bad(`FAILED: after ${failures} of ${kills} kills the log or the state was not as the model says.`)
  return colors.good(`Held: ${kills} kills, ${told} events told durable, 0 of them lost; every state as the model's.`)
}
