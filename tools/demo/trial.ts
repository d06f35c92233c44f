import { setTimeout } from 'node:timers/promises'
import type { SyncPolicy } from '../../src/index.ts'
import { type Audit, auditLog } from './audit.ts'
import { EngineProcess } from './engine-process.ts'
import type { EventStream } from './events.ts'
import type { EngineInit } from './protocol.ts'
import type { Random } from './random.ts'

/** When the engine is killed, in milliseconds after it has begun to append. */
const KILL_MS_MIN = 40
const KILL_MS_MAX = 240

export interface TrialPlan {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly kills: number
  readonly seed: number
  readonly input: string | undefined
  /** Asked after each kill but the first: true to make it the last one. */
  readonly isLate: () => boolean
  /** Kills the engine that runs, and so ends the trial with an error. */
  readonly signal: AbortSignal
}

/** One kill and the recovery from it. Counts are of this life alone. */
export interface KillResult {
  readonly policy: SyncPolicy
  readonly kill: number
  readonly afterMs: number
  /** Events appended, as far as is known: as the engine said last, or as many as came back. */
  readonly appended: number
  readonly acknowledged: number
  readonly recovered: number
  readonly lostAcknowledged: number
  /** Events that came back without having been acknowledged. */
  readonly beyond: number
  readonly openMs: number
  readonly recoveryMs: number
  readonly replayMs: number
  readonly tornBytes: number
  /** Events in the log after the recovery, and orders in the rebuilt book. */
  readonly logEvents: number
  readonly orders: number
  readonly problem: string | null
}

/**
 * Kills an engine `plan.kills` times, in one log directory, and yields each kill's result once the next life has recovered.
 * At the end the last life closes the log, which is compared once more.
 * @throws if the engine can not be started, or fails otherwise than by being killed
 */
export async function* runTrial(plan: TrialPlan, stream: EventStream, random: Random): AsyncGenerator<KillResult> {
  const { dir, policy, seed, input, kills } = plan
  const init = (isLast: boolean): EngineInit => ({
    dir,
    policy,
    seed,
    isLast,
    ...(input === undefined ? {} : { input }),
  })
  let engine = new EngineProcess(init(false), plan.signal)
  try {
    let start = (await engine.recover()).lsn
    let isLast = false
    for (let kill = 1; !isLast; kill++) {
      const afterMs = random.between(KILL_MS_MIN, KILL_MS_MAX)
      await engine.appends()
      await setTimeout(afterMs)
      await engine.kill()
      const dead = engine
      isLast = kill === kills || (kill > 1 && plan.isLate())
      engine = new EngineProcess(init(isLast), plan.signal)
      const acknowledged = Math.max(start, dead.acknowledged)
      const audit = await auditLog(dir, stream, acknowledged)
      const life = await engine.recover()
      let problem = audit.problem ?? compareLife(audit, life)
      if (isLast) {
        await engine.finished()
        problem ??= (await auditLog(dir, stream, life.lsn)).problem
      }
      yield {
        policy,
        kill,
        afterMs,
        appended: Math.max(dead.appended, audit.recovered) - start,
        acknowledged: acknowledged - start,
        recovered: audit.recovered - start,
        lostAcknowledged: audit.lost,
        beyond: Math.max(0, audit.recovered - acknowledged),
        openMs: life.openMs,
        recoveryMs: life.recoveryMs,
        replayMs: life.replayMs,
        tornBytes: life.tornBytes,
        logEvents: life.lsn,
        orders: life.orders,
        problem: problem ?? null,
      }
      start = life.lsn
    }
  } finally {
    engine.abandon()
  }
}

/** Holds what the restarted engine rebuilt against the model. */
function compareLife(audit: Audit, life: { readonly lsn: number; readonly digest: string }): string | undefined {
  if (life.lsn !== audit.recovered)
    return `the engine recovered up to LSN ${life.lsn}, a reader up to ${audit.recovered}`
  if (life.digest !== audit.digest)
    return `the rebuilt state has digest ${life.digest}, the model's has ${audit.digest}`
  return undefined
}
