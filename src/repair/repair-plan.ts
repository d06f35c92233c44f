import { optionError } from '../errors.ts'
import { parseSegmentName } from '../format/index.ts'
import type { ReadPorts } from '../read/log-view.ts'
import type { SegmentListing, SegmentProblem } from '../storage/segment-directory.ts'
import { type BoundedSegment, boundSegment, truncateSegment } from './bounded-segment.ts'
import type { CopyTask } from './copy-task.ts'
import { addLost, type LostRange, type LostSummary, noneLost } from './lost-ranges.ts'
import type { CutEnd, LeftOut } from './repair-report.ts'

/** What is to become of each file. */
export interface RepairPlan {
  /** One for each segment of the repaired log, in its order; where they are to stand is not told yet. */
  readonly tasks: readonly CopyTask[]
  readonly cut: CutEnd
  /** What is lost where no tombstone can say so, as nobody knows how far it reached. */
  readonly lostOutside: LostSummary
  /** Records of files that hold nothing but LSNs which others have. */
  readonly duplicates: number
  readonly leftOut: readonly LeftOut[]
}

export interface PlanRequest {
  /** The last LSN that is to stay. */
  readonly truncateAt: number | undefined
  /** Numbers of segments that are to be left out. */
  readonly dropSegments: readonly number[]
  readonly fixSingleBit: boolean
}

/**
 * @param listing of one segment at least
 * @throws ERR_RINGWAL_OPTION for a segment or LSN that is not there, or if nothing would be left
 */
export async function planRepair(ports: ReadPorts, listing: SegmentListing, request: PlanRequest): Promise<RepairPlan> {
  refuseUnknown(listing, request)
  const all: BoundedSegment[] = []
  let nextLsn: number | undefined
  for (const [i, segment] of listing.segments.entries()) {
    const bounded = boundSegment(ports, segment, nextLsn, listing.segments[i + 1], request.fixSingleBit)
    nextLsn = Math.max(nextLsn ?? 1, segment.header.firstLsn, bounded.segment.lastLsn + 1)
    all.push(bounded)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const kept = truncate(ports, all, request.truncateAt)
  const dropped = new Set(request.dropSegments)
  if (kept.every(({ segment }) => dropped.has(segment.number))) {
    throw optionError('dropSegments', [...dropped].join(', '), 'numbers that leave a segment of the log')
  }
  const wasCut = kept.at(-1) !== all.at(-1)
  const planned = planTasks(kept, dropped, listing)
  return {
    ...planned,
    cut: cutEnd(all.at(-1)!, planned.tasks.at(-1)!.to, wasCut),
    lostOutside: lostOutside(listing, planned.tasks, wasCut ? 0 : all.at(-1)!.lostFrom),
    leftOut: [...leftOut(listing, dropped, new Set(kept.map(({ segment }) => segment.number))), ...planned.leftOut],
  }
}

function refuseUnknown({ segments }: SegmentListing, { truncateAt, dropSegments }: PlanRequest): void {
  const first = segments[0]!
  for (const number of dropSegments) {
    if (segments.every((segment) => segment.number !== number))
      throw optionError('dropSegments', number, 'numbers of segments that are there and can be read')
  }
  if (truncateAt !== undefined && truncateAt < first.header.firstLsn)
    throw optionError('truncateAt', truncateAt, `an LSN from ${first.header.firstLsn}, the log's first, on`)
}

/** The segments up to an LSN, the last of them cut there. */
function truncate(ports: ReadPorts, all: readonly BoundedSegment[], lsn: number | undefined): BoundedSegment[] {
  if (lsn === undefined || all.at(-1)!.segment.lastLsn <= lsn) return [...all]
  const kept = all.filter(({ segment }) => segment.header.firstLsn <= lsn)
  const last = kept.at(-1)!
  if (last.segment.lastLsn <= lsn) return kept
  return [...kept.slice(0, -1), truncateSegment(ports, last, lsn)]
}

/** Gives each segment the LSNs that it is to stand for: those behind the segment before, up to its own last one. */
function planTasks(
  kept: readonly BoundedSegment[],
  dropped: ReadonlySet<number>,
  listing: SegmentListing,
): Pick<RepairPlan, 'tasks' | 'duplicates' | 'leftOut'> {
  const tasks: CopyTask[] = []
  const leftOut: LeftOut[] = []
  let duplicates = 0
  let next = firstLsnOf(kept, listing)
  let number = 0
  for (const { segment, flips, provenTo } of kept) {
    const { header, lastLsn, name } = segment
    if (dropped.has(segment.number)) continue
    if (lastLsn >= header.firstLsn && lastLsn < next) {
      duplicates += lastLsn - header.firstLsn + 1
      leftOut.push({ file: name, reason: `its LSNs ${header.firstLsn} to ${lastLsn} are in segments before it` })
      continue
    }
    const missingBefore = whyMissing(number, segment.number, dropped, listing)
    number = segment.number
    const to = Math.max(lastLsn, next - 1)
    const task = { segment, copies: [], target: undefined, from: next, to, flips, provenTo, isLast: false }
    tasks.push({ ...task, missingBefore, missingBehind: 'gap' })
    next = to + 1
  }
  return { tasks: closed(tasks, kept.at(-1)!), duplicates, leftOut }
}

/** The last task ends the log. It stands for the LSNs of dropped segments behind it, too. */
function closed(tasks: readonly CopyTask[], { segment, provenTo }: BoundedSegment): CopyTask[] {
  const last = tasks.at(-1)!
  const to = Math.max(last.to, segment.lastLsn)
  return [...tasks.slice(0, -1), { ...last, to, provenTo, missingBehind: 'dropped', isLast: true }]
}

/** A file that is there under the number 1, but tells nothing, held the records from LSN 1 on. */
function firstLsnOf(kept: readonly BoundedSegment[], listing: SegmentListing): number {
  const isFirstUnreadable = unreadableNumbers(listing).includes(1)
  return isFirstUnreadable ? 1 : kept[0]!.segment.header.firstLsn
}

function whyMissing(
  before: number,
  number: number,
  dropped: ReadonlySet<number>,
  listing: SegmentListing,
): LostRange['class'] {
  const isBetween = (one: number): boolean => one > before && one < number
  if ([...dropped].some(isBetween)) return 'dropped'
  if (unreadableNumbers(listing).some(isBetween)) return 'segment-header'
  return number > before + 1 ? 'missing-segment' : 'gap'
}

/** Problems of a file that leave nothing of it to be read, and those that make it no part of this log. */
const UNREADABLE: readonly SegmentProblem['class'][] = ['segment-header', 'unreadable']
const ALIEN: readonly SegmentProblem['class'][] = ['foreign', 'duplicate-segment', 'not-a-file']

/** Numbers of files that are there, and of which nothing can be read. */
function unreadableNumbers({ segments, problems }: SegmentListing): number[] {
  const readable = new Set(segments.map(({ name }) => name))
  return problems
    .filter((problem) => UNREADABLE.includes(problem.class) && !readable.has(problem.file))
    .map(({ file }) => parseSegmentName(file) ?? 0)
}

/** What stood before the first segment, or behind the last, and nobody knows how much. */
function lostOutside(listing: SegmentListing, tasks: readonly CopyTask[], lostFrom: number): LostSummary {
  const lost = noneLost()
  const first = tasks[0]!
  const last = tasks.at(-1)!
  const unknown = { offset: 0, bytes: 0, class: 'segment-header' } as const
  for (const number of unreadableNumbers(listing)) {
    const segment = listing.problems.find(({ file }) => parseSegmentName(file) === number)!.file
    if (number < first.segment.number && first.from > 1)
      addLost(lost, { ...unknown, from: 0, to: first.from - 1, acknowledged: true, segment })
    else if (number > last.segment.number)
      addLost(lost, { ...unknown, from: last.to + 1, to: 0, acknowledged: false, segment })
  }
  const { name, end } = last.segment
  if (lostFrom > 0)
    addLost(lost, {
      from: lostFrom,
      to: 0,
      acknowledged: false,
      segment: name,
      offset: end,
      bytes: 0,
      class: 'unreadable',
    })
  return lost
}

function cutEnd({ segment, tornTail }: BoundedSegment, to: number, wasCut: boolean): CutEnd {
  const torn = { records: tornTail?.records ?? 0, fromLsn: tornTail?.fromLsn ?? 0, tornBytes: tornTail?.bytes ?? 0 }
  if (!wasCut) return torn
  return { ...torn, records: segment.lastLsn - to + torn.records, fromLsn: to + 1 }
}

function leftOut(
  { segments, problems }: SegmentListing,
  dropped: ReadonlySet<number>,
  kept: ReadonlySet<number>,
): LeftOut[] {
  const unreadable = new Set(segments.map(({ name }) => name))
  const alien = problems.filter(
    (problem) => ALIEN.includes(problem.class) || (UNREADABLE.includes(problem.class) && !unreadable.has(problem.file)),
  )
  const unwanted = segments.filter(({ number }) => dropped.has(number) || !kept.has(number))
  return [
    ...alien.map(({ file, message }) => ({ file, reason: message })),
    ...unwanted.map(({ name, number }) => ({
      file: name,
      reason: dropped.has(number) ? 'asked for' : 'it begins behind the LSN at which the log is cut',
    })),
  ]
}
