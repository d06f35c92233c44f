import type { StoredSegment } from '../storage/segment-directory.ts'
import { compareFiles } from './compare-files.ts'
import type { CopySource, CopyTask } from './copy-task.ts'
import { type LooseFile, lookOver } from './loose-file.ts'
import { noneLost } from './lost-ranges.ts'
import type { RepairPlan } from './repair-plan.ts'
import type { RepairPorts } from './repair-ports.ts'
import type { LeftOut } from './repair-report.ts'

/** The files of one segment: the one that reaches furthest, and further copies. */
interface Unit {
  readonly main: LooseFile
  readonly copies: readonly LooseFile[]
  readonly firstLsn: number
}

/** Each has a file open and 1 MiB, or its longest frame, while holes are filled from it. */
const COPIES_MAX = 8

/** Puts files of one log in their order. There are no tasks if no record verifies in any of them. */
export async function planSalvage(ports: RepairPorts, sources: readonly CopySource[]): Promise<RepairPlan> {
  const planner = new SalvagePlanner(ports)
  const files: LooseFile[] = []
  for (const source of linked(sources)) {
    files.push(lookOver(ports, source))
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const unit of planner.unitsOf(files)) {
    planner.add(unit)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return planner.finish()
}

/** A segment whose successor is among the files ends where that says: what stands behind is no part of the log. */
function linked(sources: readonly CopySource[]): CopySource[] {
  const known = sources.map(({ segment }) => segment).filter(({ headerFrom }) => headerFrom !== 'frames')
  return sources.map((source) => {
    const { segment } = source
    if (segment.headerFrom === 'frames') return source
    const ends = known.filter(({ header }) => header.number === segment.header.number + 1).map(({ header }) => header)
    const [first, ...others] = ends
    const isSaid = first !== undefined && others.every((other) => isSameEnd(first, other))
    return isSaid && fits(segment, first) ? { ...source, segment: endingBefore(segment, first) } : source
  })
}

type Header = StoredSegment['header']

function isSameEnd({ previous: one }: Header, { previous: other }: Header): boolean {
  return one.lastLsn === other.lastLsn && one.endOffset === other.endOffset && one.lastCheck === other.lastCheck
}

function fits({ header }: StoredSegment, next: Header): boolean {
  return next.firstLsn === next.previous.lastLsn + 1 && next.previous.lastLsn >= header.firstLsn - 1
}

function endingBefore(segment: StoredSegment, { previous }: Header): StoredSegment {
  const { lastLsn, endOffset, lastCheck } = previous
  return { ...segment, end: Math.min(endOffset, segment.size), lastLsn, lastCheck, lsnMax: lastLsn, isLast: false }
}

class SalvagePlanner {
  private readonly ports: RepairPorts
  private readonly units: Unit[] = []
  private readonly tasks: CopyTask[] = []
  private readonly leftOut: LeftOut[] = []
  private duplicates = 0
  /** LSN behind the last one that is planned for. */
  private next = 0

  constructor(ports: RepairPorts) {
    this.ports = ports
  }

  /** Files with the same salt are of the same segment. */
  unitsOf(files: readonly LooseFile[]): Unit[] {
    const bySalt = new Map<bigint, LooseFile[]>()
    for (const file of files) {
      const { salt } = file.segment.header
      if (file.records === 0) this.leaveOut(file, 'no record in it verifies')
      else bySalt.set(salt, [...(bySalt.get(salt) ?? []), file])
    }
    const units = [...bySalt.values()].map((copies) => this.unitOf(copies))
    return units.sort((a, b) => a.firstLsn - b.firstLsn || a.main.segment.number - b.main.segment.number)
  }

  private unitOf(files: readonly LooseFile[]): Unit {
    const [main, ...others] = [...files].sort((a, b) => b.all.lastLsn - a.all.lastLsn || b.records - a.records)
    for (const file of others.slice(COPIES_MAX)) this.leaveOut(file, `it is one more copy of ${main!.segment.name}`)
    const copies = others.slice(0, COPIES_MAX).filter((copy) => {
      const same = this.agreement(copy, main!)
      this.duplicates += same ?? 0
      return same !== undefined
    })
    const firstLsn = Math.min(...[main!, ...copies].map(({ segment }) => segment.header.firstLsn))
    return { main: main!, copies, firstLsn }
  }

  add(unit: Unit): void {
    const { main, firstLsn } = unit
    if (this.units.length === 0) this.next = firstLsn
    let same = 0
    for (const other of this.units.filter(({ main: { all } }) => all.lastLsn >= firstLsn)) {
      const agreed = this.agreement(main, other.main)
      if (agreed === undefined) return
      same += agreed
    }
    if (main.all.lastLsn >= this.next) {
      this.tasks.push(taskOf(unit, this.next))
      this.units.push(unit)
      this.next = main.all.lastLsn + 1
    } else {
      this.duplicates += same
      this.leaveOut(main, 'all its LSNs are in other files')
    }
  }

  /** How many LSNs two files agree on; undefined if they do not: then the first one is left out. */
  private agreement(file: LooseFile, other: LooseFile): number | undefined {
    const { same, conflict } = compareFiles(this.ports.fs, file, other)
    if (conflict === 0) return same
    this.leaveOut(file, `conflict: what it has under LSN ${conflict} is not what ${other.segment.name} has`)
    return undefined
  }

  finish(): RepairPlan {
    const { duplicates, leftOut } = this
    const rest = { lostOutside: noneLost(), duplicates, leftOut }
    const main = this.units.at(-1)?.main
    if (main === undefined) return { tasks: [], cut: { records: 0, fromLsn: 0, tornBytes: 0 }, ...rest }
    const { lastLsn } = main.whole
    const records = Math.max(0, main.all.lastLsn - lastLsn)
    return {
      tasks: numbered([...this.tasks.slice(0, -1), lastTask(this.tasks.at(-1)!, main)]),
      cut: { records, fromLsn: records > 0 ? lastLsn + 1 : 0, tornBytes: 0 },
      ...rest,
    }
  }

  private leaveOut({ segment }: LooseFile, reason: string): void {
    this.leftOut.push({ file: segment.name, reason })
  }
}

function taskOf({ main, copies }: Unit, from: number): CopyTask {
  const { segment, all, start } = main
  const { lastLsn } = all
  return {
    segment: { ...segment, lastLsn, lsnMax: lastLsn },
    ...(start === undefined ? {} : { start }),
    ...{ copies, target: undefined, from, to: lastLsn, flips: [], isLast: false },
    // Whatever comes behind it was begun only after all of it was durable.
    ...{ missingBefore: 'missing-segment', missingBehind: 'gap', provenTo: Number.MAX_SAFE_INTEGER },
  }
}

/** Nothing proves its end, and the log can not end inside of a batch. */
function lastTask(task: CopyTask, { whole, provenTo }: LooseFile): CopyTask {
  const { end, lastLsn } = whole
  return {
    ...task,
    segment: { ...task.segment, end, lastLsn, lsnMax: lastLsn },
    to: Math.max(lastLsn, task.from - 1),
    provenTo: Math.max(provenTo, task.segment.header.firstLsn - 1),
    isLast: true,
  }
}

/** The first number is such that the segments keep theirs, if none is missing. */
function numbered([first, ...others]: readonly CopyTask[]): CopyTask[] {
  const tasks = [first!, ...others]
  const i = tasks.findIndex(({ segment }) => segment.headerFrom !== 'frames')
  const kept = i < 0 ? 1 : tasks[i]!.segment.header.number - i
  // There must be numbers for all behind it, whatever its header says.
  const number = Math.max(1, Math.min(kept, Number.MAX_SAFE_INTEGER - others.length))
  return [{ ...first!, segment: { ...first!.segment, number } }, ...others]
}
