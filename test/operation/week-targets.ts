/** Points of a week to restore to. */
import { loadCatalog } from '../../src/archive/catalog.ts'
import { choosePlan } from '../../src/archive/restore-plan.ts'
import { targetOn } from '../archive/archive-kit.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { Week } from './week.ts'
import { type RestoreTarget, requireRestored } from './week-checks.ts'
import { StateCursor } from './week-model.ts'
import { MINUTE_MS } from './week-settings.ts'

const NS_PER_MS = 1_000_000n
const NOTHING = { backups: new Set<number>(), objects: new Set<string>() }

/** Records, moments and whole minutes, by lot, in the order of the log. */
export function randomTargets(week: Week, count: number): RestoreTarget[] {
  const { model, settings } = week
  const random = new SeededRandom(settings.seed + 1)
  const targets: RestoreTarget[] = []
  while (targets.length < count) {
    const kind = random.pick(['lsn', 'time', 'minute'])
    const lsn = random.between(1, model.lastLsn)
    const minute = week.timeOf(random.below(settings.minutes + 1))
    const timestamp = kind === 'minute' ? minute : minute + BigInt(random.below(MINUTE_MS)) * NS_PER_MS
    const target =
      kind === 'lsn'
        ? { options: { lsn }, lsn: model.lastUpTo(lsn) }
        : { options: { timestamp }, lsn: model.lastUpToTime(timestamp) }
    // Before the first event there is no log to be restored.
    if (target.lsn > 0) targets.push(target)
  }
  return targets.sort((a, b) => a.lsn - b.lsn)
}

/** Restores to each. @throws with the target, if one comes to anything else than the model says */
export async function restoreAll(week: Week, targets: readonly RestoreTarget[], onEach: () => void): Promise<void> {
  const cursor = new StateCursor(week.model)
  for (const target of targets) {
    try {
      await requireRestored(week.store, target, week.model, cursor)
    } catch (error) {
      const { lsn, timestamp } = target.options
      const what = lsn === undefined ? `time ${timestamp}` : `LSN ${lsn}`
      throw new Error(`seed ${week.settings.seed}, restored to ${what}: ${(error as Error).message}`, { cause: error })
    }
    onEach()
  }
}

/**
 * Every minute can be restored, as far as the archive's manifests tell: there is a plan for it that is complete and goes far enough.
 * @returns how many minutes there were with anything to restore
 */
export async function requireMinutes(week: Week): Promise<number> {
  const { manifests, problems } = await loadCatalog(targetOn(week.store))
  if (problems.length > 0) throw new Error(`the archive has problems: ${JSON.stringify(problems)}`)
  let minutes = 0
  for (let minute = 0; minute <= week.settings.minutes; minute++) {
    const time = week.timeOf(minute)
    const wanted = week.model.lastUpToTime(time)
    if (wanted === 0) continue
    const plan = choosePlan(manifests, { kind: 'time', time }, NOTHING)
    if (plan === undefined || !plan.isComplete || plan.endLsn < wanted || plan.firstLsn > wanted)
      throw new Error(`seed ${week.settings.seed}: minute ${minute}, LSN ${wanted}, can not be restored`)
    minutes++
  }
  return minutes
}
