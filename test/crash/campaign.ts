import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { SyncPolicy } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { VictimOrder } from './crash-protocol.ts'
import { LogHistory, Violation } from './log-history.ts'
import { VictimProcess } from './victim-process.ts'

export interface CampaignPlan {
  /** Logs are made in it. Each is removed when it has held; that of a violation stays. */
  readonly base: string
  readonly policy: SyncPolicy
  readonly producers: number
  readonly kills: number
  readonly seed: number
  /** Monotonic time after which no further kill begins. */
  readonly deadline?: number
  /** Told after every kill. */
  readonly onKill?: (totals: CampaignTotals) => void
}

export interface CampaignTotals {
  kills: number
  /** Kills before the victim had begun to append. */
  early: number
  logs: number
  /** Records that came back, and those among them that the victims had been told are durable. */
  records: number
  known: number
  acknowledgements: number
  /** Longest time that an opening took, dead lock included. */
  openMsMax: number
  seconds: number
}

const MIB = 1 << 20
/** A log is given up after so many lives or bytes. */
const LIVES_MAX = 8
const LOG_BYTES_MAX = 64 * MIB
/**
 * When to kill: after the first append, or, one time in ten, after the order to open the log. Every second victim dies
 * before, if it reports so often that something is durable.
 */
const APPEND_MS = [5, 150] as const
const OPEN_MS = [0, 100] as const
const REPORTS = [1, 8] as const
const OPEN_MS_MAX = 20_000

/**
 * Kills appending processes, again and again in the same log, and reads the log after each.
 * @throws Violation, with all that is needed to do it again
 */
export async function runCampaign(plan: CampaignPlan): Promise<CampaignTotals> {
  const totals = { kills: 0, early: 0, logs: 0, records: 0, known: 0, acknowledgements: 0, openMsMax: 0, seconds: 0 }
  const campaign = new Campaign(plan, totals)
  try {
    await campaign.run()
  } finally {
    campaign.end()
  }
  return totals
}

class Campaign {
  private readonly plan: CampaignPlan
  private readonly totals: CampaignTotals
  private readonly random: SeededRandom
  private readonly started = performance.now()
  /** Starts while the log is read, so that nobody waits for it. */
  private next: VictimProcess

  constructor(plan: CampaignPlan, totals: CampaignTotals) {
    this.plan = plan
    this.totals = totals
    this.random = new SeededRandom(plan.seed)
    this.next = new VictimProcess(plan.producers)
  }

  async run(): Promise<void> {
    while (!this.isOver) await this.runLog()
  }

  end(): void {
    this.next.kill().catch(() => {})
  }

  private get isOver(): boolean {
    return this.totals.kills >= this.plan.kills || performance.now() > (this.plan.deadline ?? Number.POSITIVE_INFINITY)
  }

  private async runLog(): Promise<void> {
    const { base, policy, producers, seed } = this.plan
    const dir = join(base, `${policy}-${producers}-${this.totals.logs}`)
    mkdirSync(dir, { mode: 0o700 })
    const history = new LogHistory(dir, seed)
    let life = 0
    try {
      while (!this.isOver && life < LIVES_MAX && history.bytes < LOG_BYTES_MAX) await this.runLife(history, ++life)
      await history.checkWhole()
    } catch (error) {
      throw new Violation(`${dir}, life ${life}, seed ${seed}, kill ${this.totals.kills}: ${describe(error)}`, {
        cause: error,
      })
    }
    rmSync(dir, { recursive: true })
    this.totals.logs++
  }

  private async runLife(history: LogHistory, life: number): Promise<void> {
    const victim = this.next
    victim.order(this.newOrder(history.dir, life))
    if (this.random.chance(0.5)) victim.killAtReport(this.random.between(...REPORTS))
    const isEarly = this.random.chance(0.1)
    if (!isEarly) await Promise.race([victim.begun, setTimeout(OPEN_MS_MAX, undefined, { ref: false })])
    const [min, max] = isEarly ? OPEN_MS : APPEND_MS
    const hasBegun = !isEarly && victim.opened !== undefined
    await Promise.race([victim.ended, setTimeout(this.random.between(min, max))])
    await victim.kill()
    this.next = new VictimProcess(this.plan.producers)
    if (victim.failure !== undefined) throw new Violation(victim.failure)
    if (!isEarly && !hasBegun) throw new Violation(`the log was not open ${OPEN_MS_MAX} ms after the kill before`)
    const { opened } = victim
    if (opened !== undefined && opened.lastLsn !== history.lastLsn) {
      throw new Violation(`it was opened at LSN ${opened.lastLsn}, and had LSN ${history.lastLsn}`)
    }
    await this.check(victim, history, life)
  }

  private async check(victim: VictimProcess, history: LogHistory, life: number): Promise<void> {
    const { totals } = this
    const found = await history.checkLife(life, victim.acknowledgements)
    totals.kills++
    if (victim.opened === undefined) totals.early++
    totals.records += found.records
    totals.known += found.known
    totals.acknowledgements += victim.acknowledgements.length
    totals.openMsMax = Math.max(totals.openMsMax, victim.opened?.ms ?? 0)
    totals.seconds = (performance.now() - this.started) / 1000
    this.plan.onKill?.(totals)
  }

  private newOrder(dir: string, life: number): VictimOrder {
    const { random } = this
    return {
      dir,
      life,
      seed: this.plan.seed,
      policy: this.plan.policy,
      everyMs: random.between(2, 30),
      segmentBytes: random.pick([MIB, MIB, 4 * MIB, 16 * MIB]),
      spareSegments: random.between(1, 3),
      ringBytes: random.pick([MIB / 4, MIB, 4 * MIB]),
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
