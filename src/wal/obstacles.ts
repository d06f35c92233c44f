import { type ErrorCode, RingwalError } from '../errors.ts'
import { type Damage, type DamageClass, damageOfProblem, describeDamage, type TornTail } from '../read/damage.ts'
import type { SegmentProblem } from '../storage/segment-problem.ts'
import type { Findings } from './examination.ts'
import type { RecoverMode } from './recovery-report.ts'

/** One thing for which opening a log for writing is refused. */
export interface Obstacle extends Omit<Damage, 'class'> {
  /** `leftover`: a file behind the last segment that has bytes, of which none was acknowledged. */
  readonly class: DamageClass | 'torn-tail' | 'leftover'
  readonly code: 'ERR_RINGWAL_DAMAGED' | 'ERR_RINGWAL_SEGMENTS'
  /** What it is, and what can be done about it, for people. */
  readonly message: string
  readonly remedy: string
}

const REPAIR = 'it needs ringwal repair'
const SKIP = "open with recover: 'skip-damaged' to go on without these records"

/** What stands in the way of opening under a mode, gravest first. */
export function obstaclesTo(mode: RecoverMode, findings: Findings): Obstacle[] {
  const obstacles = findings.problems
    .filter((problem) => mode !== 'skip-damaged' || problem.class !== 'truncated')
    .map(ofProblem)
  if (mode !== 'skip-damaged') obstacles.push(...findings.recordDamage.map((damage) => ofDamage(damage, SKIP)))
  if (mode === 'strict') obstacles.push(...ofUncleanEnd(findings))
  return obstacles
}

function ofProblem(problem: SegmentProblem): Obstacle {
  const isDamage = ['segment-header', 'unreadable', 'truncated'].includes(problem.class)
  return {
    ...damageOfProblem(problem),
    code: isDamage ? 'ERR_RINGWAL_DAMAGED' : 'ERR_RINGWAL_SEGMENTS',
    message: `${problem.file}: ${problem.class}: ${problem.message}`,
    remedy: problem.class === 'truncated' ? SKIP : REPAIR,
  }
}

function ofDamage(damage: Damage, remedy: string): Obstacle {
  return { ...damage, code: 'ERR_RINGWAL_DAMAGED', message: describeDamage(damage), remedy }
}

/** What costs no acknowledged record, as far as the files can tell, and yet is not as a closed log leaves it. */
function ofUncleanEnd({ headerDamage, end, leftovers }: Findings): Obstacle[] {
  const obstacles = headerDamage.map((damage) =>
    ofDamage(damage, "open with recover: 'tail' to go on with the copy that is left"),
  )
  const torn = end?.tornTail
  if (torn !== undefined && !torn.stale) {
    const message = `torn tail at ${torn.segment} offset ${torn.offset}, ${torn.bytes} bytes, from LSN ${torn.fromLsn} on`
    obstacles.push(unproven('torn-tail', torn, message, "open with recover: 'tail' to cut it"))
  }
  for (const { name, size } of leftovers.filter(({ isBlank }) => !isBlank)) {
    const place = { segment: name, offset: 0, bytes: size, fromLsn: 0, singleBit: null }
    const message = `${name}: a segment that was begun, and holds no record`
    obstacles.push(unproven('leftover', place, message, "open with recover: 'tail' to set it aside"))
  }
  return obstacles
}

/** A place of which nothing proves that it was ever durable. */
function unproven(
  kind: 'torn-tail' | 'leftover',
  { segment, offset, bytes, fromLsn, singleBit }: Omit<TornTail, 'class' | 'records' | 'acknowledged' | 'stale'>,
  message: string,
  remedy: string,
): Obstacle {
  const checks = { expectedCheck: null, actualCheck: null, singleBit, acknowledged: false } as const
  const place = { segment, offset, bytes, lostFrom: fromLsn, lostTo: 0, ...checks }
  return { ...place, class: kind, code: 'ERR_RINGWAL_DAMAGED', message, remedy }
}

/** The error that tells of the first obstacle, and has all of them as `reasons`. */
export function refusalOf(dir: string, obstacles: readonly Obstacle[]): RingwalError {
  const facts = refusalFacts(dir, obstacles)
  const first = obstacles[0]!
  return new RingwalError(
    first.code,
    `${dir}: ${describeObstacles(obstacles)}; run: ${facts.command}; ${first.remedy}`,
    facts,
  )
}

/** The facts of an error about obstacles: those of the first, and all of them. */
export function refusalFacts(
  dir: string,
  reasons: readonly Obstacle[],
): { readonly command: string } & Record<string, unknown> {
  const facts = { dir, command: `ringwal verify ${dir}`, reasons }
  const first = reasons[0]
  if (first === undefined) return facts
  const { segment: file, offset, class: kind, lostFrom, lostTo } = first
  return { ...facts, file, offset, class: kind, lostFrom, lostTo }
}

/** The first of them, and how many more there are. */
export function describeObstacles(obstacles: readonly Obstacle[]): string {
  const more = obstacles.length > 1 ? ` and ${obstacles.length - 1} more` : ''
  return `${obstacles[0]!.message}${more}`
}

/** The obstacles that a refused opening tells of; undefined for any other error. */
export function reasonsOf(error: unknown): readonly Obstacle[] | undefined {
  const codes: readonly ErrorCode[] = ['ERR_RINGWAL_DAMAGED', 'ERR_RINGWAL_SEGMENTS']
  if (!(error instanceof RingwalError) || !codes.includes(error.code)) return undefined
  return error.facts['reasons'] as readonly Obstacle[] | undefined
}
