import { randomBytes } from 'node:crypto'
import type { ReadPorts } from '../read/log-view.ts'
import { lookUntilStill } from '../read/retired.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'
import type { Leftover, StoredSegment } from '../storage/segment-directory.ts'
import { finishCut } from '../truncate/finish-cut.ts'
import type { Clock } from './clock.ts'
import { type ExaminationSettings, examineLog, type Findings, reportOf } from './examination.ts'
import { obstaclesTo, refusalOf } from './obstacles.ts'
import type { OpenMode, RecoverMode, RecoveryReport } from './recovery-report.ts'
import type { ResumePoint } from './writer.ts'

export interface RecoverySettings extends ExaminationSettings {
  readonly recover: RecoverMode
}

export interface ObservationSettings extends ExaminationSettings {
  readonly recover: OpenMode
}

export interface RecoveryPorts extends ReadPorts {
  readonly clock: Clock
}

/** Everything the writer needs to go on. */
export interface Recovered {
  readonly report: RecoveryReport
  readonly resume: ResumePoint
  readonly logId: string
  readonly epoch: number
  readonly useBigInt64: boolean
}

/**
 * Brings a directory to the point from which a writer can go on. Makes durable what it read (rule R4); cuts a torn tail by
 * letting the next segment's header say where this one ends, so that no byte of the original is changed.
 *
 * @throws ERR_RINGWAL_DAMAGED, ERR_RINGWAL_SEGMENTS for what the mode does not open over; then nothing was changed, but for a cut that
 *   was asked for before
 */
export function recoverLog(ports: RecoveryPorts, settings: RecoverySettings): Recovered {
  const { fs, clock } = ports
  const { dir, recover } = settings
  const started = clock.monotonicMs()
  finishCut(ports, dir)
  const findings = examineLog(ports, settings)
  const obstacles = obstaclesTo(recover, findings)
  if (obstacles.length > 0) throw refusalOf(dir, obstacles)
  const { last, end, segments } = findings
  if (last !== undefined && end !== undefined && !findings.isLastUnused) rewriteUnproven(ports, last, end)
  syncSegments(fs, dir, segments.slice(-2))
  clearLeftovers(ports, dir, findings.leftovers)
  return {
    report: { ...reportOf(findings, recover, clock.monotonicMs() - started), epoch: findings.epoch + 1 },
    resume: resumePoint(fs, findings),
    logId: last?.header.logId ?? randomBytes(16).toString('hex'),
    epoch: findings.epoch + 1,
    useBigInt64: findings.useBigInt64,
  }
}

/**
 * Tells what opening a log would find, and changes nothing.
 * @throws as `examineLog` does
 */
export function observeLog(ports: RecoveryPorts, settings: ObservationSettings): RecoveryReport {
  const { clock } = ports
  const { recover } = settings
  const started = clock.monotonicMs()
  const findings = lookUntilStill(() => examineLog(ports, settings))
  const since = new Date(clock.wallMs()).toISOString()
  const observing = recover === 'read-only' ? null : { reasons: obstaclesTo(recover, findings), since }
  return reportOf(findings, recover, clock.monotonicMs() - started, observing)
}

function resumePoint(fs: FileSystem, { segments, last, end, isLastUnused, nextLsn }: Findings): ResumePoint {
  const path = segments.at(-1)?.path
  const identity = path === undefined ? undefined : fs.statPath(path)?.identity
  const before = path === undefined || identity === undefined ? undefined : { path, identity }
  if (last === undefined || end === undefined)
    return { nextSegment: 1, nextLsn, previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n }, before }
  if (isLastUnused) return { nextSegment: last.number, nextLsn, previous: last.header.previous, before }
  const previous = { lastLsn: nextLsn - 1, endOffset: end.end, lastCheck: end.lastCheck }
  return { nextSegment: last.number + 1, nextLsn, previous, before }
}

/**
 * Writes what no mark proves durable once more, the same bytes to the same place. After a sync that failed the kernel
 * takes the pages for clean: they can be read, but never reached the disk, and a further sync does nothing and returns 0.
 * Only what is written again is synced again (rule R2).
 */
function rewriteUnproven({ fs, memory }: RecoveryPorts, segment: StoredSegment, survey: SegmentSurvey): void {
  const { bytes, dataAt, capacity } = memory
  const lost = survey.damage.filter((damage) => damage.class === 'unreadable')
  // What could not be read before will not be now, and is left as it is; what stands beside it is not.
  const step = lost.length === 0 ? capacity : PAGE_BYTES
  const file = fs.open(segment.path, 'write')
  try {
    let count = 0
    for (let at = Math.min(survey.proofOffset, survey.end); at < survey.end; at += count) {
      count = Math.min(step - (at % step), survey.end - at)
      try {
        const got = fs.read(file, bytes, dataAt, count, at)
        fs.write(file, bytes, dataAt, got, at)
      } catch (error) {
        const isLost = lost.some(({ offset, bytes }) => offset < at + count && at < offset + bytes)
        if (!isLost || !isIoError(error, 'EIO') || error.facts['operation'] !== 'read') throw error
      }
    }
  } finally {
    fs.close(file)
  }
}

/** What a disk fails to read, it fails to read by no more than a page of the cache. */
const PAGE_BYTES = 4096

/** What was read may so far be in the page cache only: it counts once it is durable (rule R4). */
function syncSegments(fs: FileSystem, dir: string, segments: readonly StoredSegment[]): void {
  for (const segment of segments) {
    const file = fs.open(segment.path, 'write')
    try {
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
  }
  fs.syncDirectory(dir)
}

/**
 * Frees the places behind the last segment. A file with a blank header page holds nothing that was acknowledged; one
 * that has bytes behind it, or a half written header, is kept under another name.
 */
function clearLeftovers(ports: RecoveryPorts, dir: string, leftovers: readonly Leftover[]): void {
  const { fs, clock } = ports
  for (const { path, isBlank } of leftovers) {
    if (isBlank) fs.remove(path)
    else fs.rename(path, `${path}.unfinished-${clock.wallNs()}`)
  }
  if (leftovers.length > 0) fs.syncDirectory(dir)
}
