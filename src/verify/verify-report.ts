import { parseSegmentName } from '../format/index.ts'
import { PLACES_MAX } from '../read/chunk-survey.ts'
import { type Damage, damageOfHeader, damageOfProblem, plainDamage, type TornTail } from '../read/damage.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import type { SegmentListing, StoredSegment } from '../storage/segment-directory.ts'

/** What `verifyLog` found. Names are those of `ringwal verify --json`. */
export interface VerifyReport {
  /** No damage. A torn tail is none. */
  readonly ok: boolean
  readonly segments: number
  /** Records that verify and count. */
  readonly records: number
  /** 0 both for a log without records. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Highest LSN that the files prove was durable. */
  readonly durableLsn: number
  /** Bytes read. */
  readonly bytes: number
  /** In the order of the segments, the first 10,000. */
  readonly damage: readonly Damage[]
  /** Damaged places beyond those. */
  readonly damageOmitted: number
  readonly tornTail: TornTail | null
}

/** Puts together what the directory and each of its segments told. */
export function reportOf({ segments, problems }: SegmentListing, surveys: readonly SegmentSurvey[]): VerifyReport {
  const last = surveys.at(-1)
  // Of headers that contradict one another a later one may tell less.
  const lastLsn = surveys.reduce((highest, { nextLsn }) => Math.max(highest, nextLsn - 1), 0)
  const first = segments[0]?.header.firstLsn ?? 0
  const firstLsn = lastLsn >= first ? first : 0
  const damage = allDamage(segments, problems.map(damageOfProblem), surveys)
  const omitted = sum(surveys.map((survey) => survey.omitted)) + Math.max(0, damage.length - PLACES_MAX)
  return {
    ok: damage.length === 0,
    segments: segments.length,
    records: sum(surveys.map(({ records }) => records)),
    firstLsn,
    lastLsn: firstLsn && lastLsn,
    durableLsn: Math.max((segments.at(-1)?.header.firstLsn ?? 1) - 1, ...surveys.map(({ mark }) => mark)),
    bytes: sum(segments.map(({ end }) => end)),
    damage: damage.slice(0, PLACES_MAX),
    damageOmitted: omitted,
    tornTail: last?.tornTail ?? null,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function allDamage(
  segments: readonly StoredSegment[],
  ofDirectory: readonly Damage[],
  surveys: readonly SegmentSurvey[],
): Damage[] {
  const directory = [...ofDirectory]
  const ofSegments = segments.flatMap((segment, i) => {
    const { headerDamage, headerFrom, name } = segment
    // A header of which nothing is left is a problem of the directory already.
    const header = headerFrom === 'page' ? headerDamage.map((one) => damageOfHeader(name, one)) : []
    const survey = surveys[i]!
    const own = withTruncation(survey.damage, directory, name)
    return [...header, ...withGap(own, missingBehind(segment, survey, segments[i + 1], directory))]
  })
  return [...directory, ...ofSegments].sort(bySegment)
}

function bySegment(a: Damage, b: Damage): number {
  return a.segment === b.segment ? a.offset - b.offset : a.segment < b.segment ? -1 : 1
}

/** The last place of a truncated file is the truncation, and is told once. */
function withTruncation(damage: readonly Damage[], directory: Damage[], name: string): readonly Damage[] {
  const at = directory.findIndex((one) => one.class === 'truncated' && one.segment === name)
  const last = damage.at(-1)
  if (at < 0) return damage
  if (last === undefined || last.offset + last.bytes < directory[at]!.offset - 7) {
    // All of its records are there: what is gone is an end frame, or a mark.
    directory[at] = { ...directory[at]!, lostTo: 0 }
    return damage
  }
  directory.splice(at, 1)
  return [...damage.slice(0, -1), { ...last, class: 'truncated' }]
}

/**
 * LSNs between a segment and the next one that neither has, where no header tells of them. They are laid to what stands
 * between the two in `directory`; if nothing does, they are a gap.
 */
function missingBehind(
  segment: StoredSegment,
  { nextLsn }: SegmentSurvey,
  next: StoredSegment | undefined,
  directory: Damage[],
): Damage | undefined {
  if (segment.isLast || segment.lastLsn !== undefined) return undefined
  const isBetween = (number: number): boolean => number > segment.number && number < (next?.number ?? Infinity)
  const isMissing = directory.findIndex((one) => one.class === 'missing-segment' && one.segment === segment.name)
  const cause =
    isMissing >= 0
      ? isMissing
      : directory.findIndex((one) => one.lostFrom === 0 && isBetween(parseSegmentName(one.segment) ?? 0))
  const lostTo = next === undefined ? 0 : next.header.firstLsn - 1
  const isLost = next === undefined || lostTo >= nextLsn
  if (cause >= 0)
    directory[cause] = { ...directory[cause]!, lostFrom: isLost ? nextLsn : 0, lostTo: isLost ? lostTo : 0 }
  else if (next !== undefined && isLost) return plainDamage('gap', next.name, 0, 0, nextLsn, lostTo)
  return undefined
}

/** A gap behind a segment; laid to its last place, where that reaches to the end and nothing in the segment tells what it cost. */
function withGap(damage: readonly Damage[], gap: Damage | undefined): readonly Damage[] {
  if (gap === undefined) return damage
  const last = damage.at(-1)
  const isThere = last !== undefined && last.lostFrom === gap.lostFrom && last.lostTo === 0
  return isThere ? [...damage.slice(0, -1), { ...last, lostTo: gap.lostTo }] : [...damage, gap]
}
