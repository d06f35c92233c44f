import { setTimeout } from 'node:timers/promises'
import type { Feeder } from '../demo/feeder.ts'
import { formatCount } from '../support/format.ts'
import type { ArchiveRuns } from './archive-runs.ts'
import type { DrillPlan } from './drill-plan.ts'

const LOOK_MS = 5

/** An engine under load, which may die now. */
export interface Load {
  /** Resolves once the engine is dead, and all has been heard that it said. */
  readonly fed: Promise<void>
  readonly seconds: number
}

/**
 * Feeds an engine until enough is acknowledged, a run of the archive has ended, and the time from there on has passed; it is
 * fed on when this resolves. @throws if the engine refuses something or ends, or a run of the archive fails
 */
export async function load(
  feeder: Feeder,
  archive: ArchiveRuns | undefined,
  { events, killAfterMs, signal, onProgress }: DrillPlan,
): Promise<Load> {
  const started = performance.now()
  const end = new AbortController()
  const either = AbortSignal.any([signal, end.signal])
  const fed = feeder.run()
  // Awaited in its turn; until then a failure is not unhandled.
  fed.catch(() => {})
  const enough = async (): Promise<void> => {
    while (feeder.acknowledged < events || archive?.runs === 0) {
      onProgress(`${formatCount(feeder.acknowledged)} of ${formatCount(events)} events acknowledged`)
      await setTimeout(LOOK_MS, undefined, { signal: either })
    }
    await setTimeout(killAfterMs, undefined, { signal: either })
  }
  const archived = feeder.begun().then(() => archive?.run() ?? fed)
  archived.catch(() => {})
  try {
    await Promise.race([fed, archived, enough()])
  } finally {
    end.abort()
  }
  feeder.expectDeath()
  return { fed, seconds: Math.round(performance.now() - started) / 1000 }
}
