import type { LostRange } from './lost-ranges.ts'
import type { RepairedSegment, RepairReport } from './repair-report.ts'

/** Rows of a list that a person gets to read; all that there are stand in the JSON. */
const ROWS_MAX = 200

/** `repair-report.md`: the report for people. */
export function reportPage(report: RepairReport): string {
  const { command, lost, lostOmitted, segments, leftOut, notes } = report
  const sections = [
    [`# ${command === 'repair' ? 'Repair' : 'Salvage'} of a ringwal log`],
    whatAndWhere(report),
    [`**${reportVerdict(report)}**`],
    ['## Records'],
    table(['', ''], records(report)),
    ...listed('## Lost', LOST_COLUMNS, lost.map(lostRow), lost.length + lostOmitted),
    ...listed('## Segments', SEGMENT_COLUMNS, segments.map(segmentRow), segments.length),
    ...listed(
      '## Left out',
      ['file', 'why'],
      leftOut.map(({ file, reason }) => [code(file), plain(reason)]),
      leftOut.length,
    ),
    ...(notes.length === 0 ? [] : [['## Notes'], notes.map((note) => `- ${plain(note)}`)]),
    ['## What to do next'],
    nextSteps(report),
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** The answer, in a sentence. */
export function reportVerdict(report: RepairReport): string {
  const { clean, recordsLost, recordsCut, recordsRestored, lostMayBeMore, lostShare, dryRun } = report
  const be = dryRun ? 'would be' : recordsRestored === 1 ? 'was' : 'were'
  const restored = recordsRestored > 0 ? `${count(recordsRestored, 'record')} ${be} restored. ` : ''
  if (clean) return `${restored}Nothing ${dryRun ? 'would be' : 'was'} lost.`
  const parts = [
    ...(recordsLost > 0 || lostMayBeMore
      ? [`${lostMayBeMore ? 'at least ' : ''}${count(recordsLost, 'record')} lost (${percent(lostShare)})`]
      : []),
    ...(recordsCut > 0 ? [`${count(recordsCut, 'record')} cut at the end`] : []),
  ]
  return `${restored}${parts.join(', ')}.`
}

function whatAndWhere({ time, sources, output, originals, logId }: RepairReport): string[] {
  const more = sources.length > ROWS_MAX ? [`- and ${sources.length - ROWS_MAX} more`] : []
  return [
    `- When: ${time}`,
    ...sources.slice(0, ROWS_MAX).map((source) => `- From: ${code(source)}`),
    ...more,
    output === null ? '- Nothing was written: this tells what would be done.' : `- To: ${code(output)}`,
    ...(originals === null ? [] : [`- The files that were there before: ${code(originals)}`]),
    `- Log id: ${logId}`,
  ]
}

function records(report: RepairReport): string[][] {
  const { recordsKept, recordsRestored, recordsFilled, recordsLost, recordsCut, cutFrom, duplicates, tornBytes } =
    report
  const { firstLsn, lastLsn, firstTime, lastTime, lostShare, lostMayBeMore } = report
  const more = lostMayBeMore ? ', and an unknown number more' : ''
  return [
    ['kept', number(recordsKept)],
    ['LSN', firstLsn === 0 ? 'none' : `${firstLsn} to ${lastLsn}`],
    ['time of the first and the last', firstTime === null ? 'none' : `${firstTime} to ${lastTime}`],
    ['restored, by one bit', number(recordsRestored)],
    ...(recordsFilled === 0 ? [] : [['taken from a further copy', number(recordsFilled)]]),
    ['lost', `${number(recordsLost)} (${percent(lostShare)})${more}`],
    ['cut at the end', recordsCut === 0 ? '0' : `${number(recordsCut)}, from LSN ${cutFrom} on`],
    ...(tornBytes === 0 ? [] : [['bytes of the torn tail', number(tornBytes)]]),
    ...(duplicates === 0 ? [] : [['there twice, kept once', number(duplicates)]]),
  ]
}

const LOST_COLUMNS = ['LSN', 'records', 'acknowledged', 'file', 'offset', 'bytes', 'why']

function lostRow({ from, to, acknowledged, segment, offset, bytes, class: kind }: LostRange): string[] {
  const lsns = from === to ? `${from}` : `${from === 0 ? '?' : from} to ${to === 0 ? '?' : to}`
  const size = from === 0 || to === 0 ? '?' : number(to - from + 1)
  return [lsns, size, acknowledged ? 'yes' : 'no', code(segment), `${offset}`, `${bytes}`, kind]
}

const SEGMENT_COLUMNS = ['segment', 'from', 'LSN', 'records', 'restored', 'lost', 'damaged places', 'bytes']

function segmentRow(segment: RepairedSegment): string[] {
  const { name, source, firstLsn, lastLsn, records, restored, lost, damagedPlaces, bytes } = segment
  const lsns = firstLsn === 0 ? 'none' : `${firstLsn} to ${lastLsn}`
  return [code(name), code(source), lsns, ...[records, restored, lost, damagedPlaces, bytes].map(number)]
}

function nextSteps({ dryRun, output, originals, clean, lost, recordsCut }: RepairReport): string[] {
  if (dryRun) return ['1. Run the same without `--dry-run`.']
  const steps = [
    `Check the result: ${code(`ringwal verify ${output}`)} must say OK.`,
    ...(lost.length === 0
      ? []
      : [
          'Get the lost records from where they came, or from what was made of them, by their LSNs above. Those that were acknowledged somebody relies on. In the log tombstones stand for them: a replay goes on behind, and can tell.',
        ]),
    ...(recordsCut === 0 ? [] : ['What was cut is still in the original files. New records will take the same LSNs.']),
    originals === null
      ? 'Start the application on the repaired log.'
      : 'Start the application. It finds the repaired log where the old one was.',
    `Keep the original files until you are sure${clean ? '' : ' that nothing more is to be had from them'}.`,
  ]
  return steps.map((step, i) => `${i + 1}. ${step}`)
}

function listed(title: string, columns: readonly string[], rows: readonly string[][], all: number): string[][] {
  if (rows.length === 0) return []
  const shown = rows.slice(0, ROWS_MAX)
  const more =
    all > shown.length ? [[`And ${all - shown.length} more, in \`repair-report.json\` as far as they fit there.`]] : []
  return [[title], table(columns, shown), ...more]
}

function table(columns: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)]
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Never 0 % of something, nor 100 % where anything is left. */
function percent(share: number): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  const rounded = Math.min(99.99, Math.max(0.01, 100 * share))
  return `${rounded.toFixed(2)} %`
}

/** Text of others: nothing in it may act on a terminal, or as Markdown. */
function plain(text: string): string {
  const visible = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return visible.replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`)
}

function code(text: string): string {
  const visible = text.replace(
    /[\p{C}\p{Zl}\p{Zp}`|]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
  return `\`${visible}\``
}
