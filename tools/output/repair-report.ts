import { type LostRange, type RepairReport, reportVerdict } from '../../src/repair/index.ts'
import { colorsFor } from '../support/colors.ts'
import { formatBytes, formatCount, plural } from '../support/format.ts'
import { printable } from '../support/printable.ts'

/** Lost ranges and files that are shown; all of them stand in the JSON. */
const LINES_MAX = 20

/** What `ringwal repair` and `ringwal salvage` print for people; the last line is the answer. */
export function describeRepair(report: RepairReport): readonly string[] {
  const { output, originals, segments, recordsKept, firstLsn, lastLsn, recordsCut, cutFrom, tornBytes } = report
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const lines = [
    `output       ${output ?? 'none, this is a dry run'}`,
    ...(originals === null ? [] : [`originals    ${originals}`]),
    `segments     ${formatCount(segments.length)}, ${formatBytes(bytes)}`,
    `records      ${formatCount(recordsKept)}${parts(report)}`,
    `LSN          ${firstLsn === 0 ? 'none' : `${firstLsn} to ${lastLsn}`}`,
    ...(recordsCut === 0 ? [] : [`cut          ${plural(recordsCut, 'record')} from LSN ${cutFrom} on`]),
    ...(tornBytes === 0 ? [] : [`torn tail    ${formatBytes(tornBytes)}, never told durable`]),
    ...limited(report.lost.map(describeLost), report.lost.length + report.lostOmitted),
    ...limited(report.leftOut.map(({ file, reason }) => `left out     ${file}: ${reason}`)),
    ...report.notes.map((note) => `note         ${note}`),
  ]
  const { good, bad } = colorsFor(process.stdout)
  return [...lines.map(printable), (report.clean ? good : bad)(reportVerdict(report))]
}

function parts({ recordsRestored, recordsFilled, duplicates }: RepairReport): string {
  const counts = [
    [recordsRestored, 'restored by one bit'],
    [recordsFilled, 'from further copies'],
    [duplicates, 'there twice'],
  ] as const
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`)
  return told.length === 0 ? '' : ` (${told.join(', ')})`
}

function describeLost({ from, to, acknowledged, segment, offset, class: kind }: LostRange): string {
  const lsns = from === to ? `LSN ${from}` : `LSN ${from || '?'} to ${to || '?'}`
  return `lost         ${lsns}, ${acknowledged ? 'acknowledged' : 'not proven durable'}: ${kind} at ${segment} offset ${offset}`
}

function limited(lines: readonly string[], all: number = lines.length): string[] {
  const more = all - LINES_MAX
  return more > 0 ? [...lines.slice(0, LINES_MAX), `             and ${formatCount(more)} more`] : [...lines]
}
