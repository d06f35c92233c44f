import type { Catalog } from './catalog.ts'
import { type CheckpointEntry, isSamePlace, lsnsOf, type Manifest, type PartEntry, timesOf } from './manifest.ts'
import type { RestoreTarget } from './restore-options.ts'

/** A backup that is asked for stands for the LSN that it ends with. */
export type PlainTarget = Exclude<RestoreTarget, { readonly kind: 'backup' }>

/** A way to restore: a full backup, the increments behind it, and of their parts those that are needed, the oldest first. */
export interface RestorePlan {
  readonly backups: readonly Manifest[]
  readonly parts: readonly PartEntry[]
  /** By falling LSN. */
  readonly checkpoints: readonly CheckpointEntry[]
  readonly firstLsn: number
  /** The last LSN that these backups hold. */
  readonly endLsn: number
  /** Whether the target is within them: for a time, that a record of a later one is. */
  readonly isWithin: boolean
  /** Whether the log begins with LSN 1, or a checkpoint stands for what is not in it. */
  readonly isComplete: boolean
}

/** What can not be used: numbers of backups, and names of checkpoints. */
export interface Unusable {
  readonly backups: ReadonlySet<number>
  readonly objects: ReadonlySet<string>
}

/**
 * The best way to a target: one that reaches it rather than one that falls short, one that is complete rather than one that is
 * not, and of those the one from the newest full backup. Undefined if there is none.
 */
export function choosePlan(
  manifests: Catalog['manifests'],
  target: PlainTarget,
  unusable: Unusable,
): RestorePlan | undefined {
  const usable = manifests.filter(({ sequence }) => !unusable.backups.has(sequence))
  const plans = usable.flatMap((full, i) => {
    const plan = full.kind === 'full' ? planFrom(usable.slice(i), target, unusable.objects) : undefined
    return plan === undefined ? [] : [plan]
  })
  return plans.reverse().sort(byWorth)[0]
}

function byWorth(one: RestorePlan, other: RestorePlan): number {
  const reach = (plan: RestorePlan): number => (plan.isWithin ? Number.POSITIVE_INFINITY : plan.endLsn)
  if (reach(one) !== reach(other)) return reach(one) > reach(other) ? -1 : 1
  return Number(other.isComplete) - Number(one.isComplete)
}

/** @param usable the first is the full backup to begin with */
function planFrom(
  usable: readonly Manifest[],
  target: PlainTarget,
  unusable: ReadonlySet<string>,
): RestorePlan | undefined {
  const full = usable[0]!
  const backups = [full]
  let isWithin = reaches(full, target)
  for (const manifest of usable.slice(1)) {
    if (isWithin) break
    if (manifest.logId !== full.logId || !isSamePlace(manifest.start, backups.at(-1)!.end)) continue
    backups.push(manifest)
    isWithin = reaches(manifest, target)
  }
  const parts = neededParts(backups, target)
  const firstLsn = lsnsOf(full).first
  const endLsn = parts.at(-1)?.lastLsn ?? 0
  if (!begins(full, target, firstLsn) || endLsn < firstLsn) return undefined
  const last = parts.at(-1)!
  const lsnMax = target.kind === 'lsn' ? target.lsn : target.kind === 'time' && isWithin ? last.firstLsn - 1 : endLsn
  const checkpoints = backups
    .flatMap((one) => one.checkpoints)
    .filter(({ name }) => !unusable.has(name))
    .sort((a, b) => b.lsn - a.lsn)
  const isComplete = firstLsn === 1 || checkpoints.some(({ lsn }) => lsn >= firstLsn - 1 && lsn <= lsnMax)
  return { backups, parts, checkpoints, firstLsn, endLsn, isWithin, isComplete }
}

/** Whether a backup holds the record behind which nothing more is wanted. */
function reaches(manifest: Manifest, target: PlainTarget): boolean {
  if (target.kind === 'lsn') return lsnsOf(manifest).last >= target.lsn
  return target.kind === 'time' && (timesOf(manifest).max ?? 0n) > target.time
}

/** Whether the target is not before all that a full backup, and what builds upon it, holds. */
function begins(full: Manifest, target: PlainTarget, firstLsn: number): boolean {
  if (target.kind === 'lsn') return firstLsn <= target.lsn
  return target.kind === 'end' || (timesOf(full).min ?? 0n) <= target.time
}

function neededParts(backups: readonly Manifest[], target: PlainTarget): PartEntry[] {
  const parts = backups.flatMap((one) => one.parts)
  const last = parts.findIndex(({ lastLsn, timeMax }) =>
    target.kind === 'lsn' ? lastLsn >= target.lsn : target.kind === 'time' && (timeMax ?? 0n) > target.time,
  )
  return last < 0 ? parts : parts.slice(0, last + 1)
}
