import { formatBytes, formatCount, plural } from '../support/format.ts'

/** What `ringwal append` did. */
export interface AppendReport {
  readonly records: number
  /** 0 both if nothing was appended. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Bytes written to the log, frames and sync marks. */
  readonly bytes: number
  /** From the first read to the last record's being durable. */
  readonly seconds: number
  readonly recordsPerSecond: number
  readonly durableLsn: number
  /** Lines passed over. */
  readonly skipped: number
}

/** The report in one line, for people or as JSON. `skipped` is in the JSON only where lines may be passed over. */
export function describeAppend(report: AppendReport, options: { json?: true; skipBad?: true }): string {
  if (options.json) {
    const { skipped, ...others } = report
    return JSON.stringify(options.skipBad ? report : others)
  }
  const { records, firstLsn, lastLsn, bytes, seconds, recordsPerSecond, skipped } = report
  const passedOver = skipped > 0 ? `, ${plural(skipped, 'line')} passed over` : ''
  if (records === 0) return `appended 0 records${passedOver}`
  const rate = `${formatBytes(bytes)} in ${seconds.toFixed(2)} s (${formatCount(recordsPerSecond)} records/s)`
  return `appended ${plural(records, 'record')}, LSN ${firstLsn} to ${lastLsn}, ${rate}, durable${passedOver}`
}
