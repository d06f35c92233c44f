import { statSync } from 'node:fs'
import { RingwalError } from '../../src/errors.ts'
import { Wal } from '../../src/wal/wal.ts'
import { importRecords } from '../import/import-records.ts'
import { intoNewLog } from '../import/new-log.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { complain, describeFailure, refuseCombination, refuseOption } from '../support/failure.ts'
import { formatCount, plural, rate } from '../support/format.ts'
import { FOREIGN_FORMATS, type ForeignFormat } from '../support/log-formats.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'
import { EndingSignals } from '../support/signals.ts'

export interface ImportFlags {
  readonly format?: ForeignFormat
  readonly output?: string
  readonly prefix?: string
  readonly segmentBytes?: number
  readonly json?: true
}

/** What an import came to. `notes` are the first ones of what was left out or is odd. */
interface ImportReport {
  readonly records: number
  readonly lastLsn: number
  readonly ignored: number
  readonly lost: number
  readonly warnings: number
  readonly notes: readonly string[]
  readonly seconds: number
}

const NOTES_MAX = 100

export async function importCommand(path: string, flags: ImportFlags, output: Output): Promise<number> {
  const { format, output: target, prefix, json } = flags
  if (format === undefined) throw refuseOption('--format', '', FOREIGN_FORMATS.join(', '))
  if (target === undefined) throw refuseOption('--output', '', 'a new directory')
  if (prefix !== undefined && format !== 'order-binary') throw refuseCombination('--prefix', `--format ${format}`)
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  const report = await intoNewLog(target, (dir) => fill(dir, path, format, flags))
  for (const note of report.notes) complain(printable(note))
  const told = report.ignored + report.lost + report.warnings
  if (told > report.notes.length) complain(`… and ${formatCount(told - report.notes.length)} more`)
  if (json) output.line(printable(JSON.stringify({ path, format, output: target, ...report })))
  else output.line(printable(describe(report, target)))
  await output.flush()
  return report.lost > 0 ? EXIT_NO : EXIT_FINE
}

async function fill(
  dir: string,
  path: string,
  format: ForeignFormat,
  { prefix, segmentBytes }: ImportFlags,
): Promise<ImportReport> {
  const started = performance.now()
  const counts = { ignored: 0, lost: 0, warnings: 0 }
  const notes: string[] = []
  const note = (name: keyof typeof counts) => (text: string) => {
    counts[name]++
    if (notes.length < NOTES_MAX) notes.push(`${name}: ${text}`)
  }
  const wal = await Wal.open({
    dir,
    // Times are 64-bit, and no double.
    useBigInt64: true,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
    onWarning: (error) => complain(describeFailure(error)),
  })
  const progress = new Progress()
  const signals = new EndingSignals(() => {})
  let records = 0
  try {
    const listeners = { ignored: note('ignored'), lost: note('lost'), warn: note('warnings') }
    for await (const { value, ...options } of importRecords(path, format, prefix, listeners)) {
      if (signals.received !== undefined) throw ended(signals.received)
      wal.append(value, options)
      records++
      progress.update(() => `importing: ${plural(records, 'record')}`)
    }
    await wal.flush()
  } finally {
    progress.clear()
    signals.remove()
    await wal.close()
  }
  const seconds = (performance.now() - started) / 1000
  return { records, lastLsn: wal.lastLsn, ...counts, notes, seconds }
}

function ended(signal: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_ABORTED', `ended by ${signal}: nothing was written`, { signal })
}

function describe({ records, lost, ignored, seconds }: ImportReport, target: string): string {
  const rest = [
    ...(ignored > 0 ? [`${formatCount(ignored)} of other kinds left out`] : []),
    ...(lost > 0 ? [`${formatCount(lost)} that can not be read`] : []),
  ]
  const done = `${plural(records, 'record')} to ${target}, ${formatCount(rate(records, seconds))}/s`
  return [done, ...rest].join('; ')
}
