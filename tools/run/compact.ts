import { type CompactReport, compactLog } from '../../src/wal/compact-log.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { formatBytes, formatCount } from '../support/format.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface CompactFlags {
  readonly keep?: number
  readonly dryRun?: true
  readonly json?: true
}

export async function compact(dir: string, { keep, dryRun, json }: CompactFlags, output: Output): Promise<number> {
  requireLog(dir)
  const report = await compactLog(dir, {
    ...(keep === undefined ? {} : { keep }),
    ...(dryRun === undefined ? {} : { dryRun }),
  })
  if (json) output.line(printable(JSON.stringify(report)))
  else for (const line of describeCompact(report)) output.line(printable(line))
  await output.flush()
  return report.passedOver.length === 0 ? EXIT_FINE : EXIT_NO
}

function describeCompact(report: CompactReport): string[] {
  const { dryRun, kept, passedOver, removed, segments, bytes, firstLsn, heldBy } = report
  const [gaveUp, begins] = dryRun ? ['would be given up', 'would begin'] : ['given up', 'begins']
  return [
    ...kept.map(
      ({ name, label, bytes }) => `${name}  kept     ${formatBytes(bytes)}${label === '' ? '' : `, ${label}`}`,
    ),
    ...removed.map((name) => `${name}  ${gaveUp}`),
    ...passedOver.map(({ name, reason }) => `${name}  can not be used: ${reason}`),
    `${formatCount(segments)} segments ${gaveUp}, ${formatBytes(bytes)}; the log ${begins} at LSN ${firstLsn}`,
    ...(heldBy === null ? [] : [`what ${heldBy} needs stays`]),
  ]
}
