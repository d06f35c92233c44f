import type { Colors } from '../support/colors.ts'
import { formatCount } from '../support/format.ts'
import type { PolicySummary } from './summary.ts'
import { isFailed } from './summary.ts'
import type { KillResult } from './trial.ts'

/** The line that follows a kill. */
export function killLine(result: KillResult, kills: number, colors: Colors): string {
  const { policy, kill, afterMs, acknowledged, recovered, lostAcknowledged, openMs, replayMs, logEvents, problem } = result
  const head = `${policy.padEnd(8)} kill ${kill} of ${kills} after ${String(afterMs).padStart(3)} ms: `
  const counts = `${formatCount(acknowledged)} acknowledged, ${formatCount(recovered)} recovered, ${lostAcknowledged} lost`
  const times = `; open ${ms(openMs)} + replay of ${formatCount(logEvents)} in ${ms(replayMs)} ms`
  if (!isFailed(result)) return head + counts + colors.faint(times)
  return `${head}${counts}; ${colors.bad(problem ?? 'acknowledged events are lost')}`
}

const HEADINGS: readonly (readonly string[])[] = [
  ['sync', '', 'appended', 'acknowledged', '', 'lost', 'recovered', 'open +', ''],
  ['policy', 'kills', '(known)', 'durable', 'recovered', 'acknowledged', 'beyond ack.', 'replay, ms', 'state'],
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
  'appended: accepted by the log, as far as the engine could tell before it died. lost acknowledged: told durable, and',
  'then missing or changed. state: the rebuilt book against a model fed from the input. Times are the longest of the',
  'kills: Wal.open with its recovery, and the replay of the whole log into a book, in a new process.',
]

function cells(summary: PolicySummary): readonly string[] {
  const { policy, kills, appended, acknowledged, recovered, lostAcknowledged, beyond, openMs, replayMs, failures } = summary
  const counts = [kills, appended, acknowledged, recovered, lostAcknowledged, beyond].map(formatCount)
  return [policy, ...counts, `${ms(openMs)} + ${ms(replayMs)}`, failures === 0 ? 'equal' : 'DIFFERS']
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

function ms(value: number): string {
  return value.toFixed(0)
}

/** The last sentence. */
export function verdict(summaries: readonly PolicySummary[], colors: Colors): string {
  const sum = (pick: (summary: PolicySummary) => number): number => summaries.reduce((total, one) => total + pick(one), 0)
  const kills = sum(({ kills }) => kills)
  const lost = sum(({ lostAcknowledged }) => lostAcknowledged)
  const failures = sum(({ failures }) => failures)
  const told = formatCount(sum(({ acknowledged }) => acknowledged))
  if (lost > 0) return colors.bad(`FAILED: ${formatCount(lost)} of ${told} acknowledged events are lost after ${kills} kills.`)
  if (failures > 0) return colors.bad(`FAILED: after ${failures} of ${kills} kills the log or the state was not as the model says.`)
  return colors.good(`Held: ${kills} kills, ${told} events acknowledged as durable, 0 of them lost; every state equals the model's.`)
}
