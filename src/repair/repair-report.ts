import { parseSegmentName, segmentName } from '../format/index.ts'
import type { CopyResult, CopyTask } from './copy-task.ts'
import { addSummary, type LostRange, type LostSummary, noneLost } from './lost-ranges.ts'

/** What a repair or salvage did, or would do. Names are those of `--json` and of `repair-report.json`. */
export interface RepairReport {
  readonly command: 'repair' | 'salvage'
  /** ISO 8601. */
  readonly time: string
  /** The log's directory, or the files. */
  readonly sources: readonly string[]
  /** Directory of the repaired log; null after a dry run. */
  readonly output: string | null
  /** Where the files that were there before are now, if they were moved. */
  readonly originals: string | null
  readonly dryRun: boolean
  /** Whether nothing was lost and nothing that verifies was cut. */
  readonly clean: boolean
  readonly logId: string
  /** LSNs of the repaired log; 0 both if it has none. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** Times of its first and its last record. */
  readonly firstTime: string | null
  readonly lastTime: string | null
  /** Records in it; of these, such as had one bit turned back, and such as came from a further copy of their segment. */
  readonly recordsKept: number
  readonly recordsRestored: number
  readonly recordsFilled: number
  /** Records that can not be read, as far as it is known how many, and whether there may be more. */
  readonly recordsLost: number
  readonly lostMayBeMore: boolean
  /** Lost records among those kept and lost, 0 to 1. */
  readonly lostShare: number
  /** Records that verify but stand behind the end: of a torn tail, or asked for. */
  readonly recordsCut: number
  /** First LSN that was cut; 0 if none was. */
  readonly cutFrom: number
  /** Bytes of the torn tail. */
  readonly tornBytes: number
  /** Records left out because their LSN was there already. */
  readonly duplicates: number
  /** The first 10,000, in their order. */
  readonly lost: readonly LostRange[]
  readonly lostOmitted: number
  readonly segments: readonly RepairedSegment[]
  readonly leftOut: readonly LeftOut[]
  /** What else a person should know. */
  readonly notes: readonly string[]
}

export interface RepairedSegment {
  readonly name: string
  /** File that its records come from. */
  readonly source: string
  /** 0 both if it has no record. */
  readonly firstLsn: number
  readonly lastLsn: number
  readonly records: number
  readonly restored: number
  readonly lost: number
  /** Places of the source that do not verify. */
  readonly damagedPlaces: number
  readonly bytes: number
}

/** A file, or a part of it, that is not in the repaired log. */
export interface LeftOut {
  readonly file: string
  readonly reason: string
}

/** What stands behind the repaired log's end. */
export interface CutEnd {
  readonly records: number
  /** First LSN that is cut; 0 if none is. */
  readonly fromLsn: number
  /** Bytes of the torn tail, or 0. */
  readonly tornBytes: number
}

/** A segment that was copied. The ranges that it lost stand elsewhere: together they are bounded. */
export interface CopiedSegment {
  readonly task: CopyTask
  readonly result: Omit<CopyResult, 'lost'>
  readonly lost: number
  /** Number in the repaired log. */
  readonly number: number
}

/** All that a report is put together from. */
export interface ReportFacts
  extends Pick<RepairReport, 'command' | 'time' | 'sources' | 'output' | 'originals' | 'dryRun' | 'leftOut' | 'notes'> {
  readonly copied: readonly CopiedSegment[]
  /** What was lost in them, together. */
  readonly lost: LostSummary
  readonly lostOutside: LostSummary
  readonly cut: CutEnd
  readonly duplicates: number
}

export function buildReport(facts: ReportFacts): RepairReport {
  const { command, time, sources, output, originals, dryRun, copied, cut, leftOut, notes } = facts
  const results = copied.map(({ result }) => result)
  const lost = lostOf(facts)
  const recordsKept = sum(results, ({ records }) => records)
  const { from } = copied[0]!.task
  const lastLsn = copied.at(-1)!.task.to
  const hasLsns = lastLsn >= from
  const isUnknown = facts.lostOutside.ranges.length > 0 || isEndLeftOut(facts)
  return {
    ...{ command, time, sources, output, originals, dryRun },
    clean: lost.lsns === 0 && !isUnknown && cut.records === 0,
    logId: copied[0]!.task.segment.header.logId,
    firstLsn: hasLsns ? from : 0,
    lastLsn: hasLsns ? lastLsn : 0,
    firstTime: timeText(results.find(({ firstTime }) => firstTime !== undefined)?.firstTime),
    lastTime: timeText(results.findLast(({ lastTime }) => lastTime !== undefined)?.lastTime),
    recordsKept,
    recordsRestored: sum(results, ({ restored }) => restored),
    recordsFilled: sum(results, ({ filled }) => filled),
    recordsLost: lost.lsns,
    lostMayBeMore: isUnknown,
    lostShare: lost.lsns === 0 ? 0 : lost.lsns / (recordsKept + lost.lsns),
    recordsCut: cut.records,
    cutFrom: cut.fromLsn,
    tornBytes: cut.tornBytes,
    duplicates: facts.duplicates + sum(results, ({ duplicates }) => duplicates),
    lost: lost.ranges,
    lostOmitted: lost.omitted,
    segments: copied.map(segmentReport),
    leftOut,
    notes,
  }
}

/** Whether a file that is not taken stands where the log's last segment may have stood: nobody can tell what that one held. */
function isEndLeftOut({ command, copied, leftOut }: ReportFacts): boolean {
  const last = copied.at(-1)!.task.segment.number
  return command === 'repair' && leftOut.some(({ file }) => (parseSegmentName(file) ?? 0) > last)
}

/** In the order of the LSNs: what is lost before the first segment comes first. */
function lostOf({ lost, lostOutside }: ReportFacts): LostSummary {
  const all = noneLost()
  const isBefore = ({ from }: LostRange): boolean => from === 0
  addSummary(all, { ...lostOutside, ranges: lostOutside.ranges.filter(isBefore) })
  addSummary(all, lost)
  addSummary(all, { lsns: 0, omitted: 0, ranges: lostOutside.ranges.filter((range) => !isBefore(range)) })
  return all
}

function segmentReport({ task, result, lost, number }: CopiedSegment): RepairedSegment {
  const { from, to, segment } = task
  const { records, restored, places: damagedPlaces, end: bytes } = result
  const lsns = to >= from ? { firstLsn: from, lastLsn: to } : { firstLsn: 0, lastLsn: 0 }
  const names = { name: segmentName(number), source: segment.name }
  return { ...names, ...lsns, records, restored, lost, damagedPlaces, bytes }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

/** ISO 8601 in UTC, to the nanosecond. */
function timeText(time: bigint | undefined): string | null {
  if (time === undefined) return null
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}
