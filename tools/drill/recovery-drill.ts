import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { directoryTarget } from '../../src/archive/directory-target.ts'
import { restoreLog } from '../../src/archive/restore-log.ts'
import { RingwalError } from '../../src/errors.ts'
import { type Audit, auditLog } from '../demo/audit.ts'
import { EngineClient } from '../demo/engine-client.ts'
import { EngineProcess, type EngineReady } from '../demo/engine-process.ts'
import { auditRecord } from '../demo/engine-record.ts'
import { Feeder } from '../demo/feeder.ts'
import { countOf, emptyLanes } from '../demo/lane-lsns.ts'
import { Random } from '../demo/random.ts'
import { ArchiveRuns } from './archive-runs.ts'
import { type DamagedCopy, repairDamagedCopy } from './damaged-copy.ts'
import type { DrillPlan, DrillResult } from './drill-plan.ts'
import { load } from './load.ts'
import { Stopwatch } from './stopwatch.ts'

/** Several segments also in a short drill. */
const SEGMENT_BYTES = 8 << 20
/** Longer than the replay of the longest drill takes. */
const READY_MS_MAX = 600_000

/**
 * Starts an engine on a log of its own, kills it under load, recovers, and compares what came back with what was sent.
 * @throws if the engine can not be started again, or what recovers it fails: then there is nothing to be measured
 */
export function drillRecovery(plan: DrillPlan): Promise<DrillResult> {
  return new RecoveryDrill(plan).run()
}

class RecoveryDrill {
  private readonly plan: DrillPlan
  private readonly wal: string
  private readonly archive: ArchiveRuns | undefined
  private engine: EngineProcess

  constructor(plan: DrillPlan) {
    this.plan = plan
    this.wal = join(plan.home, 'wal')
    const isArchived = plan.fault === 'lost-directory'
    this.archive = isArchived ? new ArchiveRuns(this.wal, this.archivePath, plan.archiveEveryMs) : undefined
    this.engine = this.start(this.wal)
  }

  async run(): Promise<DrillResult> {
    const { plan } = this
    try {
      plan.onProgress('starting the engine')
      const { url } = await this.engine.ready()
      const feeder = new Feeder(new EngineClient(url), plan.policy, plan.stream, emptyLanes())
      const { fed, seconds: loadSeconds } = await load(feeder, this.archive, plan)
      const watch = new Stopwatch()
      await watch.step('kill', () => this.fail(fed))
      const { dir, ...damage } = await this.recover(feeder, watch)
      const ready = await this.restart(dir, watch)
      const rtoSeconds = watch.seconds
      plan.onProgress('comparing')
      const compared = await this.compare(dir, feeder, ready)
      const { fault, policy, stream } = plan
      const { startedMs: failureMs, steps } = watch
      const { openMs, replayMs } = ready
      const measured = { failureMs, loadSeconds, rtoSeconds, steps, openMs, replayMs }
      return { fault, policy, input: stream.name, walPath: dir, ...measured, ...damage, ...compared }
    } finally {
      await Promise.all([this.engine.abandon(), this.archive?.kill()])
    }
  }

  private get archivePath(): string {
    return join(this.plan.home, 'archive')
  }

  private start(dir: string): EngineProcess {
    const { policy, signal } = this.plan
    return new EngineProcess(dir, policy, signal, { segmentBytes: SEGMENT_BYTES, readyMsMax: READY_MS_MAX })
  }

  private async fail(fed: Promise<void>): Promise<void> {
    await Promise.all([this.engine.kill(), this.archive?.kill()])
    await fed
    if (this.plan.fault === 'lost-directory') await rm(this.wal, { recursive: true })
  }

  /** What is to be done before the engine can be started again. */
  private async recover({ told }: Feeder, watch: Stopwatch): Promise<DamagedCopy> {
    const { plan, wal: dir } = this
    const undamaged = { dir, damageMade: 0, damageFound: 0 }
    plan.onProgress('recovering')
    if (plan.fault === 'damaged-copy') {
      const lastLsn = Math.max(...told.map((lane) => lane.at(-1) ?? 0))
      return repairDamagedCopy(dir, lastLsn, new Random(plan.seed), watch)
    }
    if (plan.fault === 'lost-directory')
      await watch.step('restore', () => restoreLog(directoryTarget(this.archivePath), { output: dir }))
    return undamaged
  }

  /** An engine that takes nothing is not recovered, however well it answers. */
  private async restart(dir: string, watch: Stopwatch): Promise<EngineReady> {
    this.plan.signal.throwIfAborted()
    this.engine = this.start(dir)
    const ready = await watch.step('start', () => this.engine.ready())
    const client = new EngineClient(ready.url)
    if (ready.state !== 'ready') {
      const message = `the engine came up under observation: ${await client.reasons()}`
      throw new RingwalError('ERR_RINGWAL_OBSERVING', message)
    }
    await watch.step('append', async () => client.send([auditRecord({ drill: 'recovered' })], 'durable'))
    return ready
  }

  private async compare(dir: string, feeder: Feeder, { url, lsn }: EngineReady): Promise<Compared> {
    const { plan } = this
    const client = new EngineClient(url)
    // Without the record that was the first one taken again.
    const audit = await auditLog(dir, plan.stream, feeder.told, lsn)
    const { sha256 } = await client.digest()
    const orders = await client.activeOrders()
    plan.signal.throwIfAborted()
    await this.engine.stop()
    return { ...countsOf(feeder, audit), orders, stateEqual: sha256 === audit.digest, problem: audit.problem ?? null }
  }
}

type Compared = Pick<
  DrillResult,
  | 'acknowledged'
  | 'unacknowledged'
  | 'recovered'
  | 'rpoEvents'
  | 'unacknowledgedLost'
  | 'orders'
  | 'stateEqual'
  | 'problem'
>

/** What was taken, and not told to be durable, may be lost: it is told apart. */
function countsOf({ told, given }: Feeder, audit: Audit): Omit<Compared, 'orders' | 'stateEqual' | 'problem'> {
  const acknowledged = countOf(told)
  const { recovered, lost: rpoEvents } = audit
  const others = given.flatMap((lane, i) => lane.slice(told[i]!.length))
  const unacknowledgedLost = others.filter((lsn) => lsn > recovered).length
  return { acknowledged, unacknowledged: others.length, recovered, rpoEvents, unacknowledgedLost }
}
