import { RingwalError } from '../errors.ts'
import { CODEC_SETTING_BIGINT64, FRAME_HEADER_BYTES, HEADER_PAGE_BYTES } from '../format/index.ts'
import { type Damage, damageOfHeader, damageOfProblem } from '../read/damage.ts'
import type { ReadPorts } from '../read/log-view.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import { surveyFile } from '../read/survey-file.ts'
import { type Leftover, listSegments, type StoredSegment } from '../storage/segment-directory.ts'
import type { SegmentProblem } from '../storage/segment-problem.ts'
import type { Observing, OpenMode, RecoveryReport } from './recovery-report.ts'

export interface ExaminationSettings {
  readonly dir: string
  /** Bytes of segments, newest first, whose every frame is checked; the last segment always is. Undefined: see VERIFY_BYTES. */
  readonly verifyBytes: number | undefined
  /** Codec setting for a new log; an old one keeps its own. */
  readonly useBigInt64: boolean | undefined
}

/**
 * What is checked by default behind a crash. Behind a clean close it is the last segment alone: its end frame was synced after
 * all there is, and who opens a log each morning is not to wait for a check that `verify` does better.
 */
const VERIFY_BYTES = 256 << 20

/** What stands in a log's directory. */
export interface Findings {
  /** Those that hold something. */
  readonly segments: readonly StoredSegment[]
  /** The last file with a header, and what a walk over it found; it may be one of the left-overs. */
  readonly last: StoredSegment | undefined
  readonly end: SegmentSurvey | undefined
  /** Whether the last one holds its header only, and so counts as left over. */
  readonly isLastUnused: boolean
  readonly leftovers: readonly Leftover[]
  readonly problems: readonly SegmentProblem[]
  readonly headerDamage: readonly Damage[]
  readonly recordDamage: readonly Damage[]
  readonly damageOmitted: number
  /** Above every LSN that there ever was, as far as the files tell. */
  readonly nextLsn: number
  readonly provenLsn: number
  readonly epoch: number
  readonly recordsChecked: number
  readonly bytesChecked: number
  readonly useBigInt64: boolean
}

/**
 * Reads every header and link, and every frame of the newest segments. Writes nothing.
 * @throws ERR_RINGWAL_OPTION if the log has another codec setting; as `listSegments`; never for damage
 */
export function examineLog(ports: ReadPorts, { dir, verifyBytes, useBigInt64 }: ExaminationSettings): Findings {
  const { segments, leftovers, problems } = listSegments(ports.fs, dir, ports.checker)
  const last = segments.at(-1)
  const codec = codecSettingOf(last, useBigInt64)
  const surveyed = surveyNewest(ports, segments, verifyBytes)
  const surveys = surveyed.map(({ survey }) => survey)
  const end = surveys.at(-1)
  const unused = last !== undefined && end !== undefined && isUnused(end) ? last : undefined
  return {
    segments: unused === undefined ? segments : segments.slice(0, -1),
    last,
    end,
    isLastUnused: unused !== undefined,
    leftovers: unused === undefined ? leftovers : [{ ...unused, isBlank: false }, ...leftovers],
    problems,
    headerDamage: segments.flatMap(damageOfHeaders),
    recordDamage: surveys.flatMap(({ damage }) => damage),
    damageOmitted: sum(surveys.map(({ omitted }) => omitted)),
    nextLsn: end === undefined ? 1 : lsnAbove(end),
    provenLsn: Math.max(end?.mark ?? 0, last?.header.previous.lastLsn ?? 0),
    epoch: Math.max(0, ...segments.map(({ header }) => header.epoch)),
    recordsChecked: sum(surveys.map(({ records }) => records)),
    bytesChecked: sum(surveyed.map(({ segment }) => segment.end)),
    useBigInt64: codec,
  }
}

/** The findings as told to who opened the log. */
export function reportOf(
  findings: Findings,
  mode: OpenMode,
  elapsedMs: number,
  observing: Observing | null = null,
): RecoveryReport {
  const { segments, end, nextLsn, leftovers, recordDamage, headerDamage } = findings
  const { provenLsn, recordsChecked, bytesChecked, damageOmitted } = findings
  const walked = new Set(recordDamage.map(({ segment }) => segment))
  // What a cut file lost is told by the walk over it, if there was one.
  const problems = findings.problems.filter((problem) => problem.class !== 'truncated' || !walked.has(problem.file))
  return {
    mode,
    clean: end === undefined || end.sealed,
    epoch: findings.epoch,
    segments: segments.length,
    firstLsn: nextLsn === 1 ? 0 : (segments[0]?.header.firstLsn ?? 0),
    lastLsn: nextLsn - 1,
    provenLsn,
    recordsChecked,
    bytesChecked,
    tornTail: end?.tornTail ?? null,
    damage: [...problems.map(damageOfProblem), ...headerDamage, ...recordDamage],
    damageOmitted,
    leftovers: leftovers.map(({ name }) => name),
    observing,
    elapsedMs,
  }
}

function codecSettingOf(last: StoredSegment | undefined, wanted: boolean | undefined): boolean {
  if (last === undefined) return wanted ?? false
  const stored = (last.header.codecSettings & CODEC_SETTING_BIGINT64) !== 0
  if (wanted === undefined || wanted === stored) return stored
  const message = `option useBigInt64: this log was made with ${stored}; the setting is kept in its segments and can not be changed`
  const facts = { option: 'useBigInt64', value: wanted, allowed: String(stored) }
  throw new RingwalError('ERR_RINGWAL_OPTION', message, facts)
}

interface Surveyed {
  readonly segment: StoredSegment
  readonly survey: SegmentSurvey
}

/** Walks the last segment, and as many before it as `verifyBytes` allow. Oldest first. */
function surveyNewest(
  ports: ReadPorts,
  segments: readonly StoredSegment[],
  verifyBytes: number | undefined,
): Surveyed[] {
  const surveyed: Surveyed[] = []
  let bytes = 0
  for (const segment of segments.toReversed()) {
    bytes += segment.end
    const last = surveyed.at(-1)?.survey
    if (last !== undefined && bytes > (verifyBytes ?? (last.sealed ? 0 : VERIFY_BYTES))) break
    surveyed.unshift({ segment, survey: surveyFile(ports, segment) })
  }
  return surveyed
}

/** A header of which no copy is left is a problem of the directory already. */
function damageOfHeaders({ name, headerFrom, headerDamage }: StoredSegment): Damage[] {
  return headerFrom === 'page' ? headerDamage.map((one) => damageOfHeader(name, one)) : []
}

/**
 * Whether a last segment holds its header only. Its file, and even its name, may not be durable where the call that was
 * to make it so failed: it is set aside, and its number given to the next one.
 */
function isUnused({ end, sealed, tornTail, damage }: SegmentSurvey): boolean {
  const isBare = tornTail === undefined || tornTail.stale
  return end <= HEADER_PAGE_BYTES && !sealed && isBare && damage.length === 0
}

/**
 * Where the log may go on. Behind a place of which nobody can tell how many records it held, as it reaches to the end and
 * can not be read, that is above all that its bytes had room for: no LSN is ever given twice.
 */
function lsnAbove({ nextLsn, damage }: SegmentSurvey): number {
  const bounds = damage
    .filter(({ lostFrom, lostTo }) => lostFrom > 0 && lostTo === 0)
    .map(({ lostFrom, bytes }) => lostFrom + Math.floor(bytes / FRAME_HEADER_BYTES))
  return Math.max(nextLsn, ...bounds)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
