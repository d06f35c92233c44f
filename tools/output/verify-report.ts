import type { Damage, TornTail, VerifyReport } from '../../src/index.ts'
import { describeDamage } from '../../src/read/damage.ts'
import { colorsFor } from '../support/colors.ts'
import { formatBytes, formatCount, plural, rate } from '../support/format.ts'
import { printable } from '../support/printable.ts'

/** Lines of damage that a person reads; programs take the JSON. */
const LINES_MAX = 100

/** What `ringwal verify` prints for people; the last line is the answer. */
export function describeVerify(report: VerifyReport, seconds: number, writer: string | undefined): readonly string[] {
  const { segments, records, firstLsn, lastLsn, durableLsn, bytes, damage, damageOmitted, tornTail } = report
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
    ...damage.slice(0, LINES_MAX).map((one) => printable(describe(one))),
    ...(damage.length + damageOmitted > LINES_MAX ? [`… (${LINES_MAX} of them are shown; --json tells more)`] : []),
    ...(tornTail === null ? [] : [describeTornTail(tornTail)]),
    ...(damage.length === 0 ? [] : [`classes      ${classCounts(damage)}`]),
    answer(damage, damageOmitted),
  ]
}

export function describeTornTail({ segment, offset, bytes, records, fromLsn, stale, singleBit }: TornTail): string {
  if (stale) {
    const what = `${bytes} bytes that the recycled file held before stand behind the last record`
    return printable(`stale bytes at ${segment} offset ${offset}: ${what} (nothing lost, no damage)`)
  }
  const cut = `${plural(records, 'record')} from LSN ${fromLsn} on`
  const hint =
    singleBit === null
      ? ''
      : `; but bit ${singleBit.bit} at offset ${singleBit.offset} was flipped: repair --fix-single-bit`
  return printable(
    `torn tail at ${segment} offset ${offset}, ${bytes} bytes: ${cut}, never told durable (no damage)${hint}`,
  )
}

function describe(damage: Damage): string {
  const { lostFrom, acknowledged, expectedCheck, actualCheck } = damage
  const proof = lostFrom === 0 ? '' : acknowledged ? ' (acknowledged)' : ' (not proven to be acknowledged)'
  const checks = expectedCheck === null ? '' : `; check ${expectedCheck} expected, ${actualCheck} found`
  return `${describeDamage(damage)}${proof}${checks}`
}

function classCounts(damage: readonly Damage[]): string {
  const counts = new Map<string, number>()
  for (const one of damage) counts.set(one.class, (counts.get(one.class) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${kind} ${formatCount(count)}`).join(', ')
}

function answer(damage: readonly Damage[], omitted: number): string {
  const colors = colorsFor(process.stdout)
  if (damage.length === 0) return colors.good('OK')
  const least = omitted > 0 ? 'at least ' : ''
  return colors.bad(`DAMAGED: ${plural(damage.length + omitted, 'place')}, ${least}${lostText(damage)}`)
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
