import { type ReplayCounts, summaryLine } from '../../src/foreign/summary-line.ts'
import { formatBytes, formatCount, rate } from '../support/format.ts'
import { printable } from '../support/printable.ts'
import type { TextTarget } from './json-target.ts'

/** What a replay of any format is asked for. */
export interface ReplayRequest {
  readonly path: string
  readonly workers: number | undefined
  readonly until: bigint | undefined
  readonly to: number | undefined
  readonly strict: boolean
  readonly legacyTotals: boolean
  readonly prefix: string | undefined
  readonly onProgress: (bytesDone: number, bytesTotal: number) => void
}

/** What it came to, for the summary line, the table and the exit code. */
export interface ReplayView {
  readonly counts: ReplayCounts
  /** Whether the exit code is 0. */
  readonly isClean: boolean
  /** Bytes of the files. */
  readonly bytes: number
  /** Name and value. */
  readonly rows: readonly (readonly [string, string])[]
  /** What a person must know of, one a line. */
  readonly complaints: readonly string[]
}

/** Replays one kind of log. @param target takes the result as JSON; undefined if nobody asked for it */
export type FormatReplay = (request: ReplayRequest, target: TextTarget | undefined) => Promise<ReplayView>

/** The line that programs read. */
export function viewLine(path: string, { counts }: ReplayView): string {
  return printable(summaryLine(path, counts))
}

/** For people. */
export function viewTable({ rows, counts, bytes }: ReplayView, seconds: number): string[] {
  const speed: (readonly [string, string])[] = [
    [
      'records',
      `${formatCount(counts.lines)} in ${seconds.toFixed(2)} s, ${formatCount(rate(counts.lines, seconds))}/s`,
    ],
    ['bytes', `${formatBytes(bytes)}, ${formatBytes(rate(bytes, seconds))}/s`],
  ]
  return [...rows, ...speed].map(([name, value]) => `${name.padEnd(16)} ${printable(value)}`)
}

/** Of many, the first ones and how many more. */
export function firstOf(texts: readonly string[], total: number = texts.length, max = 10): string[] {
  const shown = texts.slice(0, max).map(printable)
  return total > shown.length ? [...shown, `… and ${total - shown.length} more`] : shown
}

/** Counts by name, without those that are 0. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return parts.length === 0 ? 'none' : parts.map(([name, count]) => `${formatCount(count)} ${name}`).join(', ')
}
