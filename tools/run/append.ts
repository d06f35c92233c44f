import { RingwalError } from '../../src/errors.ts'
import type { SyncPolicy, WalOptions } from '../../src/index.ts'
import { Wal } from '../../src/wal/wal.ts'
import { Faults } from '../input/faults.ts'
import { Feeder } from '../input/feeder.ts'
import { type Input, openInput } from '../input/open-input.ts'
import { readItems } from '../input/read-items.ts'
import type { InputForm } from '../input/sniff-form.ts'
import { type AppendReport, describeAppend } from '../output/append-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { asRingwalError, complain, describeFailure, refuseCombination } from '../support/failure.ts'
import { formatCount, formatShare, plural, rate } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { Progress } from '../support/progress.ts'
import { EndingSignals } from '../support/signals.ts'

export interface AppendFlags {
  readonly format?: InputForm
  readonly columns?: readonly string[]
  readonly header?: true
  readonly strings?: true
  readonly sync: SyncPolicy
  readonly type: number
  readonly keyField?: string
  readonly batch?: number
  readonly segmentBytes?: number
  readonly skipBad?: true
  readonly json?: true
}

export async function append(
  dir: string,
  file: string | undefined,
  flags: AppendFlags,
  output: Output,
): Promise<number> {
  checkCombinations(flags)
  const input = await openInput(file)
  const wal = await Wal.open(walOptions(dir, flags))
  const signals = new EndingSignals(() => input.stop())
  const { type, keyField, batch = 0, skipBad } = flags
  const faults = new Faults(input.name, skipBad === true)
  const feeder = new Feeder(wal, { type, keyField, batch, onFault: (fault, lines) => faults.meet(fault, lines) })
  const started = performance.now()
  try {
    await feedAll(feeder, input, flags)
    await wal.flush()
    const report = reportOf(feeder, faults, wal, (performance.now() - started) / 1000)
    await wal.close()
    faults.tell()
    if (feeder.keyless > 0) complain(`${plural(feeder.keyless, 'record')} without the field ${keyField}: key 0`)
    output.line(describeAppend(report, flags))
  } catch (error) {
    throw await withAccount(error, feeder, wal)
  } finally {
    signals.remove()
  }
  await output.flush()
  if (signals.received !== undefined) process.kill(process.pid, signals.received)
  return faults.skipped > 0 ? EXIT_NO : EXIT_FINE
}

function checkCombinations({ format, columns, header, strings, batch, keyField }: AppendFlags): void {
  if (columns !== undefined && header) throw refuseCombination('--columns', '--header')
  // The log takes one key for a whole batch.
  if (batch !== undefined && keyField !== undefined) throw refuseCombination('--batch', '--key-field')
  if (format !== 'jsonl') return
  if (columns !== undefined) throw refuseCombination('--columns', '--format jsonl')
  if (header) throw refuseCombination('--header', '--format jsonl')
  if (strings) throw refuseCombination('--strings', '--format jsonl')
}

function walOptions(dir: string, { sync, segmentBytes }: AppendFlags): WalOptions {
  const size = segmentBytes === undefined ? {} : { segmentBytes }
  return { dir, sync: { policy: sync }, ...size, onWarning: (error) => complain(describeFailure(error)) }
}

async function feedAll(feeder: Feeder, input: Input, flags: AppendFlags): Promise<void> {
  const { columns, header = false, strings = false } = flags
  // What speaks of columns or fields speaks of CSV.
  const format = flags.format ?? (columns !== undefined || header || strings ? 'csv' : undefined)
  const progress = new Progress()
  try {
    for await (const items of readItems(input, { format, columns, header, strings })) {
      for (const item of items) feeder.feed(item)
      progress.update(
        () => `appending: ${formatShare(input.bytesRead, input.bytesTotal)}, ${formatCount(feeder.records)} records`,
      )
      // An input that is always ready would keep signals and timers waiting.
      await new Promise((resolve) => setImmediate(resolve))
    }
    feeder.endBatch()
  } finally {
    progress.clear()
  }
}

function reportOf(feeder: Feeder, faults: Faults, wal: Wal, seconds: number): AppendReport {
  const { records, firstLsn } = feeder
  return {
    records,
    firstLsn,
    lastLsn: records === 0 ? 0 : wal.lastLsn,
    bytes: wal.stats().bytes,
    seconds: Number(seconds.toFixed(3)),
    recordsPerSecond: rate(records, seconds),
    durableLsn: wal.durableLsn,
    skipped: faults.skipped,
  }
}

/** The error that ended it, with what has become of the records before it. They go into the log, if it still takes any. */
async function withAccount(cause: unknown, feeder: Feeder, wal: Wal): Promise<RingwalError> {
  try {
    feeder.endBatch()
    await wal.flush()
    await wal.close()
  } catch {
    // The log is at its end, which `cause` tells. What is durable stands below.
    await wal.close().catch(() => {})
  }
  const { code, message, facts } = asRingwalError(cause)
  const { records, firstLsn } = feeder
  const durableLsn = wal.durableLsn
  const lsns = `LSN ${firstLsn} to ${wal.lastLsn}`
  const account =
    records === 0 ? 'nothing was appended' : `${plural(records, 'record')} appended, ${lsns}, durable to ${durableLsn}`
  return new RingwalError(code, `${message} (${account})`, { ...facts, records, durableLsn }, cause)
}
