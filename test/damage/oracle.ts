/** What must hold of what verify and the readers say about a damaged log, whatever was done to it. */
import { decodeHeaderPage, HEADER_PAGE_BYTES, KIND_END, KIND_SYNC_MARK } from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import type { Entry } from '../../src/read/entry.ts'
import { checker } from '../support/log-harness.ts'
import type { DamagedFile, DamagedFiles } from './damaged-files.ts'
import type { Findings } from './examine.ts'
import type { SampleLog, SampleRecord } from './sample-log.ts'

/** A promise that is broken. */
export class Violation extends Error {}

/** @returns the highest LSN that the damaged files prove durable; @throws Violation */
export function checkFindings(log: SampleLog, files: DamagedFiles, findings: Findings): number {
  const proven = provenLsn(log, files)
  checkEntries(log, findings.entries)
  checkTotals(findings)
  checkRanges(log, findings)
  checkMissing(log, proven, findings)
  return proven
}

/** Every record that is handed out is one that was appended, each once, in the order of the LSNs. */
export function checkEntries(log: Pick<SampleLog, 'records'>, entries: readonly Entry[]): void {
  let before = 0
  for (const entry of entries) {
    if (entry.lsn <= before) throw new Violation(`LSN ${entry.lsn} is handed out behind LSN ${before}`)
    before = entry.lsn
    const record = log.records.get(entry.lsn)
    if (record === undefined) throw new Violation(`LSN ${entry.lsn} is handed out, and was never appended`)
    if (!isSame(entry, record)) throw new Violation(`LSN ${entry.lsn} is handed out with other content`)
  }
}

export function isSame(entry: Entry, { bytes, type, key, time, codec, continuesBatch }: SampleRecord): boolean {
  return (
    entry.type === type &&
    entry.key === key &&
    entry.time === time &&
    entry.codec === codec &&
    entry.continuesBatch === continuesBatch &&
    Buffer.compare(entry.bytes, bytes) === 0
  )
}

/** Verify and the reader tell the same. */
function checkTotals({ report, entries, told }: Findings): void {
  const { records, lastLsn, damage, ok } = report
  if (records !== entries.length)
    throw new Violation(`verify counts ${records} records, a reader gets ${entries.length}`)
  const last = entries.at(-1)?.lsn ?? 0
  if (lastLsn < last) throw new Violation(`verify says that the last LSN is ${lastLsn}, and ${last} is handed out`)
  if (ok !== (damage.length === 0))
    throw new Violation(`it is ${ok ? '' : 'not '}ok, with damage at ${damage.length} places`)
  const isTold = damage.some((one) => one.class !== 'segment-header' || one.bytes === 0)
  if (isTold !== told.length > 0)
    throw new Violation(`verify tells of ${damage.length} places, the reader of ${told.length}`)
}

function placeOf({ segment, offset, class: kind, lostFrom, lostTo }: Damage): string {
  return `${kind} at ${segment} ${offset}, LSN ${lostFrom} to ${lostTo}`
}

/** No range names a record that is there, or an LSN that the log never had. */
function checkRanges(log: SampleLog, { report, entries }: Findings): void {
  for (const one of report.damage) {
    const { lostFrom, lostTo } = one
    if (lostTo === 0) continue
    if (lostFrom > lostTo || lostTo > log.lastLsn) throw new Violation(`no range: ${placeOf(one)}`)
    const there = entries.find(({ lsn }) => lsn >= lostFrom && lsn <= lostTo)
    if (lostFrom > 0 && there !== undefined) throw new Violation(`LSN ${there.lsn} is there: ${placeOf(one)}`)
  }
}

/** A record that is not handed out is in a range that is told of; if nothing proves it durable, a torn tail will do. */
function checkMissing(log: SampleLog, proven: number, { report, entries, listing }: Findings): void {
  const { damage, tornTail, lastLsn, firstLsn } = report
  // Where a log began is told by its first header alone: that it is lost is told, and what came before its frames past knowing.
  const isStartLost = listing.segments[0]?.headerFrom === 'frames'
  const there = new Set(entries.map(({ lsn }) => lsn))
  const isListed = (name: string) => listing.segments.some((segment) => segment.name === name)
  // A file of which nothing can be read is told of as such: how many records it held may be past knowing.
  const gone = log.segments.filter(({ name }) => damage.some(({ segment }) => segment === name) && !isListed(name))
  for (const lsn of log.records.keys()) {
    if (there.has(lsn) || damage.some((one) => covers(one, lsn, entries))) continue
    if (isStartLost && lsn < firstLsn) continue
    if (gone.some((file) => lsn >= file.firstLsn && lsn <= file.lastLsn)) continue
    const isCut = (tornTail !== null && lsn >= tornTail.fromLsn) || lsn > lastLsn
    if (lsn > proven && isCut) continue
    throw new Violation(`LSN ${lsn} is missing without a word${lsn <= proven ? ', and was proven durable' : ''}`)
  }
}

/** A range without an end reaches to the next record that is there. */
function covers({ lostFrom, lostTo }: Damage, lsn: number, entries: readonly Entry[]): boolean {
  if (lostFrom === 0 || lsn < lostFrom) return false
  if (lostTo !== 0) return lsn <= lostTo
  return !entries.some((entry) => entry.lsn >= lostFrom && entry.lsn < lsn)
}

/**
 * The highest LSN that the damaged files still prove durable: that of a mark or end frame that stands where it stood, in
 * a segment whose header can be read, or the one before the second segment if that header can be read.
 */
function provenLsn(log: SampleLog, { files }: DamagedFiles): number {
  let proven = 0
  for (const file of files) {
    if (!hasHeader(file)) continue
    proven = Math.max(proven, file.segment.header.previous.lastLsn)
    for (const frame of file.segment.frames) {
      if (frame.kind !== KIND_SYNC_MARK && frame.kind !== KIND_END) continue
      if (isIntact(file, frame.offset, frame.bytes)) proven = Math.max(proven, frame.lsn)
    }
  }
  return Math.min(proven, log.lastLsn)
}

function hasHeader({ segment, bytes, size }: DamagedFile): boolean {
  const { header } = decodeHeaderPage(bytes.subarray(0, Math.min(size, HEADER_PAGE_BYTES)), checker)
  return header?.salt === segment.header.salt
}

function isIntact({ segment, bytes, size }: DamagedFile, at: number, length: number): boolean {
  const now = bytes.subarray(at, at + length)
  return at + length <= size && Buffer.compare(now, segment.bytes.subarray(at, at + length)) === 0
}
