import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type ErrorFacts, RingwalError } from '../errors.ts'
import { type Checker, CODEC_SETTING_BIGINT64, type FrameMemory, HEADER_PAGE_BYTES } from '../format/index.ts'
import { type Damage, describeDamage, type TornTail } from '../read/damage.ts'
import { type SegmentSurvey, surveySegment } from '../read/segment-survey.ts'
import { fileSource } from '../read/segment-walk.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { type Leftover, listSegments, type SegmentListing, type StoredSegment } from '../storage/segment-directory.ts'
import type { Clock } from './clock.ts'
import type { ResumePoint } from './writer.ts'

export interface RecoverySettings {
  readonly dir: string
  readonly recover: 'tail' | 'skip-damaged'
  /** Bytes of segments, newest first, whose every frame is checked. The last segment always is. */
  readonly verifyBytes: number
  /** Codec setting for a new log; an old one keeps its own. */
  readonly useBigInt64: boolean | undefined
}

export interface RecoveryPorts {
  readonly fs: FileSystem
  readonly clock: Clock
  readonly checker: Checker
  readonly memory: FrameMemory
}

/** What opening the log found and did: `wal.recovery`. */
export interface RecoveryReport {
  /** Whether the last writer closed the log; also true for a log without records. */
  readonly clean: boolean
  readonly segments: number
  /** 0 both for a log without records. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Highest LSN that the files prove had been durable before this opening. */
  readonly provenLsn: number
  /** Records whose frames were checked now, and bytes read for it. */
  readonly recordsChecked: number
  readonly bytesChecked: number
  readonly tornTail: TornTail | null
  readonly damage: readonly Damage[]
  /** File names set aside or removed because they held no acknowledged record. */
  readonly leftovers: readonly string[]
  readonly elapsedMs: number
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
 * Brings a directory to the point from which a writer can go on. Reads every header and link, and every frame of the
 * newest segments; makes durable what it read (rule R4); cuts a torn tail by letting the next segment's header say where
 * this one ends, so that no byte of the original is changed.
 *
 * @throws ERR_RINGWAL_DAMAGED for damage, unless `skip-damaged`; ERR_RINGWAL_SEGMENTS where the files do not form one log.
 */
export function recoverLog(ports: RecoveryPorts, settings: RecoverySettings): Recovered {
  const started = ports.clock.monotonicMs()
  const listing = listSegments(ports.fs, settings.dir, ports.checker)
  refuseProblems(listing, settings)
  const last = listing.segments.at(-1)
  const useBigInt64 = codecSettingOf(last, settings)
  const { surveys, bytesChecked } = surveyNewest(ports, listing.segments, settings.verifyBytes)
  const damage = surveys.flatMap((survey) => survey.damage)
  if (damage.length > 0 && settings.recover !== 'skip-damaged') throw damageError(settings.dir, damage)
  const end = surveys.at(-1)
  const unused = last !== undefined && end !== undefined && isUnused(end) ? last : undefined
  const segments = unused === undefined ? listing.segments : listing.segments.slice(0, -1)
  const leftovers = unused === undefined ? listing.leftovers : [{ ...unused, isBlank: false }, ...listing.leftovers]
  if (last !== undefined && end !== undefined && unused === undefined) rewriteUnproven(ports, last, end)
  syncSurvey(ports.fs, settings.dir, segments.slice(-2))
  clearLeftovers(ports, settings.dir, leftovers)
  const nextLsn = end?.nextLsn ?? 1
  const report: RecoveryReport = {
    clean: end === undefined || end.sealed,
    segments: segments.length,
    firstLsn: nextLsn === 1 ? 0 : (listing.segments[0]?.header.firstLsn ?? 0),
    lastLsn: nextLsn - 1,
    provenLsn: Math.max(end?.mark ?? 0, last?.header.previous.lastLsn ?? 0),
    recordsChecked: surveys.reduce((sum, survey) => sum + survey.records, 0),
    bytesChecked,
    tornTail: end?.tornTail ?? null,
    damage,
    leftovers: leftovers.map(({ name }) => name),
    elapsedMs: ports.clock.monotonicMs() - started,
  }
  return {
    report,
    resume: {
      nextSegment: unused?.number ?? (last?.number ?? 0) + 1,
      nextLsn,
      previous: unused?.header.previous ?? {
        lastLsn: nextLsn - 1,
        endOffset: end?.end ?? 0,
        lastCheck: end?.lastCheck ?? 0n,
      },
    },
    logId: last?.header.logId ?? randomBytes(16).toString('hex'),
    epoch: Math.max(0, ...listing.segments.map(({ header }) => header.epoch)) + 1,
    useBigInt64,
  }
}

/**
 * Whether a last segment holds its header only. Its file, and even its name, may not be durable where the call that was
 * to make it so failed: it is set aside, and its number given to the next one.
 */
function isUnused({ end, sealed, tornTail, damage }: SegmentSurvey): boolean {
  return end <= HEADER_PAGE_BYTES && !sealed && tornTail === undefined && damage.length === 0
}

/** Header and directory trouble: never guessed over when opening for writing (rules R8 and R9). */
function refuseProblems(listing: SegmentListing, settings: RecoverySettings): void {
  const first = listing.problems[0]
  if (first === undefined) return
  const isDamage = ['segment-header', 'unreadable', 'truncated'].includes(first.class)
  if (isDamage && settings.recover === 'skip-damaged' && listing.problems.every((p) => p.class === 'truncated')) return
  const { dir } = settings
  const command = `ringwal verify ${dir}`
  const message = `${join(dir, first.file)}: ${first.class}: ${first.message}; run: ${command}`
  const facts: ErrorFacts = {
    dir,
    file: first.file,
    offset: first.offset,
    class: first.class,
    problems: listing.problems,
    command,
  }
  throw new RingwalError(isDamage ? 'ERR_RINGWAL_DAMAGED' : 'ERR_RINGWAL_SEGMENTS', message, facts)
}

function codecSettingOf(last: StoredSegment | undefined, settings: RecoverySettings): boolean {
  if (last === undefined) return settings.useBigInt64 ?? false
  const stored = (last.header.codecSettings & CODEC_SETTING_BIGINT64) !== 0
  if (settings.useBigInt64 !== undefined && settings.useBigInt64 !== stored) {
    const message = `option useBigInt64: this log was made with ${stored}; the setting is kept in its segments and can not be changed`
    throw new RingwalError('ERR_RINGWAL_OPTION', message, {
      option: 'useBigInt64',
      value: settings.useBigInt64,
      allowed: String(stored),
    })
  }
  return stored
}

/** Walks the last segment, and as many before it as `budget` bytes allow. */
function surveyNewest(
  ports: RecoveryPorts,
  segments: readonly StoredSegment[],
  budget: number,
): { surveys: SegmentSurvey[]; bytesChecked: number } {
  const surveys: SegmentSurvey[] = []
  let bytesChecked = 0
  for (const segment of segments.toReversed()) {
    if (surveys.length > 0 && bytesChecked + segment.end > budget) break
    const file = ports.fs.open(segment.path, 'read')
    try {
      surveys.unshift(surveySegment(fileSource(ports.fs, file), segment, ports.memory))
    } finally {
      ports.fs.close(file)
    }
    bytesChecked += segment.end
  }
  return { surveys, bytesChecked }
}

/**
 * Writes what no mark proves durable once more, the same bytes to the same place. After a sync that failed the kernel
 * takes the pages for clean: they can be read, but never reached the disk, and a further sync does nothing and returns 0.
 * Only what is written again is synced again (rule R2).
 */
function rewriteUnproven({ fs, memory }: RecoveryPorts, segment: StoredSegment, survey: SegmentSurvey): void {
  const { bytes, dataAt, capacity } = memory
  const file = fs.open(segment.path, 'write')
  try {
    for (let at = Math.min(survey.proofOffset, survey.end); at < survey.end; at += capacity) {
      const got = fs.read(file, bytes, dataAt, Math.min(capacity, survey.end - at), at)
      fs.write(file, bytes, dataAt, got, at)
    }
  } finally {
    fs.close(file)
  }
}

/** What was read may so far be in the page cache only: it counts once it is durable (rule R4). */
function syncSurvey(fs: FileSystem, dir: string, segments: readonly StoredSegment[]): void {
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

function damageError(dir: string, damage: readonly Damage[]): RingwalError {
  const first = damage[0]!
  const command = `ringwal verify ${dir}`
  const more = damage.length > 1 ? ` and ${damage.length - 1} more` : ''
  const advice = `run: ${command}; open with recover: 'skip-damaged' to go on without these records`
  return new RingwalError('ERR_RINGWAL_DAMAGED', `${dir}: ${describeDamage(first)}${more}; ${advice}`, {
    dir,
    file: first.segment,
    offset: first.offset,
    lostFrom: first.lostFrom,
    lostTo: first.lostTo,
    class: first.class,
    damage,
    command,
  })
}
