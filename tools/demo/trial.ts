import { setTimeout } from 'node:timers/promises'
import { RingwalError } from '../../src/errors.ts'
import type { SyncPolicy } from '../../src/index.ts'
import { type Audit, auditLog } from './audit.ts'
import { EngineClient } from './engine-client.ts'
import { EngineProcess, type EngineReady } from './engine-process.ts'
import type { EventStream } from './events.ts'
import { Feeder } from './feeder.ts'
import { countOf, emptyLanes, type LaneLsns } from './lane-lsns.ts'
import type { Random } from './random.ts'

/** When the engine is killed, in milliseconds after it has taken the first events. */
const KILL_MS_MIN = 40
const KILL_MS_MAX = 240

export interface TrialPlan {
  readonly dir: string
  readonly policy: SyncPolicy
  readonly kills: number
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

/** What there is to see of an engine that has recovered. */
interface Life extends EngineReady {
  readonly digest: string
  readonly orders: number
  /** Why it takes nothing; empty if it does. */
  readonly doubts: string
}

/**
 * Kills an engine `plan.kills` times, in one log directory, and yields each kill's result once the next life has recovered.
 * At the end the last life closes the log, which is compared once more. An engine that comes up under observation ends it.
 * @throws if the engine can not be started, or fails otherwise than by being killed
 */
export async function* runTrial(plan: TrialPlan, stream: EventStream, random: Random): AsyncGenerator<KillResult> {
  const { dir, policy, kills } = plan
  let engine = new EngineProcess(dir, policy, plan.signal)
  try {
    let life = await see(engine)
    if (life.doubts !== '') throw new RingwalError('ERR_RINGWAL_OBSERVING', observed(life))
    let logged: LaneLsns = emptyLanes()
    let isLast = false
    for (let kill = 1; !isLast; kill++) {
      const start = life.lsn
      const before = logged
      const afterMs = random.between(KILL_MS_MIN, KILL_MS_MAX)
      const feeder = new Feeder(new EngineClient(life.url), policy, stream, before)
      await feedAndKill(engine, feeder, afterMs)
      const audit = await auditLog(dir, stream, feeder.told)
      logged = audit.lsns
      engine = new EngineProcess(dir, policy, plan.signal)
      life = await see(engine)
      isLast = kill === kills || (kill > 1 && plan.isLate()) || life.doubts !== ''
      let problem = audit.problem ?? compareLife(audit, life)
      if (isLast) {
        await engine.stop()
        problem ??= (await auditLog(dir, stream, logged)).problem
      }
      const acknowledged = countOf(feeder.told) - countOf(before)
      const recovered = audit.recovered - start
      yield {
        policy,
        kill,
        afterMs,
        appended: Math.max(feeder.accepted - countOf(before), recovered),
        acknowledged,
        recovered,
        lostAcknowledged: audit.lost,
        beyond: Math.max(0, recovered - acknowledged),
        openMs: life.openMs,
        recoveryMs: life.recoveryMs,
        replayMs: life.replayMs,
        tornBytes: life.tornBytes,
        logEvents: life.lsn,
        orders: life.orders,
        problem: problem ?? null,
      }
    }
  } finally {
    await engine.abandon()
  }
}

async function see(engine: EngineProcess): Promise<Life> {
  const ready = await engine.ready()
  const client = new EngineClient(ready.url)
  const { sha256: digest } = await client.digest()
  const orders = await client.activeOrders()
  return { ...ready, digest, orders, doubts: ready.state === 'ready' ? '' : await client.reasons() }
}

/** @throws if the engine refuses something, or ends by itself */
async function feedAndKill(engine: EngineProcess, feeder: Feeder, afterMs: number): Promise<void> {
  const feeding = feeder.run()
  await Promise.race([feeding, feeder.begun().then(() => setTimeout(afterMs))])
  feeder.expectDeath()
  await engine.kill()
  await feeding
}

/** Holds what the restarted engine rebuilt against the model. */
function compareLife(audit: Audit, life: Life): string | undefined {
  if (life.doubts !== '') return observed(life)
  if (life.lsn !== audit.recovered)
    return `the engine recovered up to LSN ${life.lsn}, a reader up to ${audit.recovered}`
  if (life.digest !== audit.digest)
    return `the rebuilt state has digest ${life.digest}, the model's has ${audit.digest}`
  return undefined
}

function observed({ doubts }: Life): string {
  return `the engine came up under observation: ${doubts}`
}
