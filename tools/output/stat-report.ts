import type { LockState } from '../../src/storage/directory-lock.ts'
import { colorsFor } from '../support/colors.ts'
import { formatBytes, formatCount } from '../support/format.ts'
import { describeWriter } from '../support/lock.ts'
import type { LogFacts, SegmentFacts } from '../support/log-facts.ts'
import { TimeText } from '../support/times.ts'

/** What `ringwal stat` prints for people. */
export function describeStat(facts: LogFacts, lock: LockState): readonly string[] {
  const { logId, epoch, firstLsn, lastLsn, durableLsn, bytes, bytesOnDisk, segments } = facts
  return [
    `log id       ${logId === '' ? 'unknown' : logId}`,
    `epoch        ${epoch}`,
    `writer       ${writerText(lock)}`,
    `LSN          ${rangeText(firstLsn, lastLsn)}`,
    `durable LSN  ${durableLsn} (proven by the files)`,
    `bytes        ${formatBytes(bytes)}, ${formatBytes(bytesOnDisk)} on disk`,
    `segments     ${formatCount(segments.length)}`,
    ...segmentLines(segments),
  ]
}

/** The same as one JSON object. */
export function statJson(facts: LogFacts, lock: LockState): string {
  const times = new TimeText()
  const { state, holder, reason } = lock
  const who = holder === null ? null : { pid: holder.pid, hostname: holder.hostname, since: holder.since }
  const segments = facts.segments.map((segment) => ({ ...segment, created: createdText(segment, times) ?? null }))
  return JSON.stringify({ ...facts, segments, lock: { state, holder: who, reason } })
}

function writerText(lock: LockState): string {
  if (lock.state === 'stale') return 'none (its lock is left from a writer that died)'
  return describeWriter(lock) ?? 'none'
}

function segmentLines(segments: readonly SegmentFacts[]): string[] {
  const { bad, faint } = colorsFor(process.stdout)
  const times = new TimeText()
  return segments.map((segment) => {
    const { name, state, firstLsn, lastLsn, bytes } = segment
    const created = createdText(segment, times)
    const line = `  ${name}  ${state.padEnd(7)}  LSN ${rangeText(firstLsn, lastLsn)}, ${formatBytes(bytes)}`
    const text = created === undefined ? line : `${line}, created ${created}`
    if (state === 'damaged') return bad(text)
    return state === 'spare' ? faint(text) : text
  })
}

function rangeText(firstLsn: number, lastLsn: number): string {
  if (firstLsn === 0) return 'none'
  return `${firstLsn} to ${lastLsn === 0 ? '?' : lastLsn}`
}

function createdText({ created }: SegmentFacts, times: TimeText): string | undefined {
  return created === undefined ? undefined : times.of(created)
}
