import { type Damage, describeDamage, type TornTail, type VerifyReport } from '../../src/index.ts'
import { colorsFor } from '../support/colors.ts'
import { formatBytes, formatCount, plural, rate } from '../support/format.ts'
import { printable } from '../support/printable.ts'

/** What `ringwal verify` prints for people; the last line is the answer. */
export function describeVerify(report: VerifyReport, seconds: number, writer: string | undefined): readonly string[] {
  const { segments, records, firstLsn, lastLsn, durableLsn, bytes, damage, tornTail } = report
  const lsns = firstLsn === 0 ? 'none' : `${firstLsn} to ${lastLsn}`
  return [
    `segments     ${formatCount(segments)}`,
    `records      ${formatCount(records)}`,
    `LSN          ${lsns}`,
    `durable LSN  ${durableLsn} (proven by a sync mark)`,
    `bytes        ${formatBytes(bytes)} in ${seconds.toFixed(2)} s (${formatBytes(rate(bytes, seconds))}/s)`,
    ...(writer === undefined
      ? []
      : [`live         a writer has it open: ${writer}; this is what stood there meanwhile`]),
    ...damage.map((one) => printable(describeDamage(one))),
    ...(tornTail === null ? [] : [describeTornTail(tornTail)]),
    answer(damage),
  ]
}

function describeTornTail({ segment, offset, bytes, records, fromLsn }: TornTail): string {
  const cut = `${plural(records, 'record')} from LSN ${fromLsn} on`
  return printable(`torn tail at ${segment} offset ${offset}, ${bytes} bytes: ${cut}, never told durable (no damage)`)
}

function answer(damage: readonly Damage[]): string {
  const colors = colorsFor(process.stdout)
  if (damage.length === 0) return colors.good('OK')
  return colors.bad(`DAMAGED: ${plural(damage.length, 'place')}, ${lostText(damage)}`)
}

/** Ranges may overlap: a record is lost once. */
function lostText(damage: readonly Damage[]): string {
  const ranges = damage.filter(({ lostFrom }) => lostFrom > 0).sort((a, b) => a.lostFrom - b.lostFrom)
  let lost = 0
  let counted = 0
  for (const { lostFrom, lostTo } of ranges) {
    const from = Math.max(lostFrom, counted + 1)
    if (lostTo >= from) lost += lostTo - from + 1
    counted = Math.max(counted, lostTo)
  }
  const isOpen = ranges.some(({ lostTo }) => lostTo === 0)
  return `${isOpen ? 'at least ' : ''}${plural(lost, 'record')} lost`
}
