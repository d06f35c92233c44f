import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { checkLog, type Extent, Violation } from '../process/check-log.ts'
import type { LifeOrder } from '../process/life.ts'
import { straceCommand } from '../process/strace.ts'
import type { Told } from '../process/told.ts'
import { VictimProcess } from '../process/victim-process.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { type DiskKind, LoopDisk } from './loop-disk.ts'

/**
 * When the power goes: some time after an acknowledgement, while the victim runs or after it was stopped; right behind one,
 * with syncs that take long to begin, so that an acknowledgement that does not wait for its own is caught; or when the victim
 * has died as a thread was about to make a call.
 */
export type Moment =
  | { readonly kind: 'time'; readonly acknowledgements: number; readonly ms: number; readonly isStopped: boolean }
  | { readonly kind: 'slow'; readonly acknowledgements: number }
  | { readonly kind: 'call'; readonly family: string; readonly n: number }

export interface CutResult {
  readonly moment: Moment
  readonly isLogFlushed: boolean
  readonly acknowledgements: number
  /** Whether bytes of another file that were written and not synced are gone: the cut was one. */
  readonly hasLost: boolean
}

/** A log is given up after so many cuts. */
const CUTS_MAX = 10
/** Longest life of a victim that is to die at a call. */
const CALL_MS_MAX = 3000
/** Longer than it takes to hear of an acknowledgement and to cut the power. */
const SLOW_SYNC_MS = 40
const MIB = 1 << 20
/** The calls by which names come and go, and what comes right before and behind them. */
const CALLS = ['link', 'unlink', 'rename', 'fsync', 'fdatasync', 'ftruncate', 'pwrite64']
const CANARY_BYTES = 4096

/** A log on a disk whose power is cut again and again. */
export class PowerCuts implements Disposable {
  private readonly disk: LoopDisk
  private readonly random: SeededRandom
  private readonly hasStrace: boolean
  private readonly canary: string
  private order: LifeOrder
  private extent: Extent = { firstLsn: 1, lastLsn: 0 }
  private cuts = 0

  constructor(kind: DiskKind, seed: number, hasStrace: boolean) {
    this.disk = new LoopDisk({ kind })
    this.random = new SeededRandom(seed)
    this.hasStrace = hasStrace
    this.canary = join(this.disk.mountPoint, 'canary')
    writeFileSync(this.canary, canaryOf(0), { flush: true })
    this.order = this.newOrder()
  }

  /** Lets a victim append, cuts the power, brings it back and checks the log. @throws Violation, with all that led to it */
  async cut(): Promise<CutResult> {
    if (this.cuts > 0 && this.cuts % CUTS_MAX === 0) this.beginLog()
    this.cuts++
    const { random } = this
    const moment = this.newMoment()
    const isLogFlushed = random.chance(0.25)
    const victim = this.victimFor(moment)
    try {
      this.soilCanary()
      victim.order(this.order)
      await this.wait(victim, moment)
      const heard = { ...victim.told }
      this.disk.cutPower(isLogFlushed)
      await victim.kill()
      this.disk.restorePower()
      await this.check(victim.told, heard)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      const facts = JSON.stringify({ moment, isLogFlushed, order: this.order, before: this.extent, told: victim.told })
      throw new Violation(`${this.disk.kind}, cut ${this.cuts}: ${what}; ${facts}`, { cause: error })
    } finally {
      await victim.kill()
    }
    const { acknowledgements } = victim.told
    return { moment, isLogFlushed, acknowledgements, hasLost: this.hasLostCanary() }
  }

  /** Lets the victim live until the power is to go. */
  private async wait(victim: VictimProcess, moment: Moment): Promise<void> {
    if (moment.kind === 'call') {
      // Not every life comes to make each call so often.
      await Promise.race([victim.ended, setTimeout(CALL_MS_MAX)])
      return
    }
    await victim.enough
    if (moment.kind === 'slow') return
    await Promise.race([setTimeout(moment.ms), victim.ended])
    if (moment.isStopped) await victim.stop()
  }

  /**
   * What the victim was told once the power began to go is no evidence. The cut of a running system is not one moment: an
   * fdatasync that was under way can return 0, though its transaction is given up (ext4 does that one time in five).
   */
  private async check(told: Told, heard: Pick<Told, 'durable' | 'first'>): Promise<void> {
    const { firstLsn, lastLsn } = this.extent
    this.extent = await checkLog(this.order, {
      durable: Math.max(heard.durable, lastLsn),
      cutting: Math.max(told.cutting, firstLsn),
      first: Math.max(heard.first, firstLsn),
    })
    if (told.opened !== undefined && told.opened !== lastLsn)
      throw new Violation(`it was opened at LSN ${told.opened}, and had LSN ${lastLsn}`)
  }

  private victimFor(moment: Moment): VictimProcess {
    if (moment.kind === 'time') return new VictimProcess({ enough: moment.acknowledgements })
    const output = '/dev/null'
    if (moment.kind === 'slow') {
      const by = straceCommand({ family: 'sync', inject: `delay_enter=${SLOW_SYNC_MS * 1000}`, output })
      return new VictimProcess({ by, enough: moment.acknowledgements })
    }
    const { family, n } = moment
    const inject = `signal=SIGKILL:when=${n}`
    return new VictimProcess({ by: straceCommand({ family, inject, output }) })
  }

  private newMoment(): Moment {
    const { random } = this
    if (this.hasStrace && random.chance(0.2)) return { kind: 'slow', acknowledgements: random.between(1, 6) }
    if (this.hasStrace && random.chance(0.4))
      return { kind: 'call', family: random.pick(CALLS), n: random.between(1, 8) }
    const acknowledgements = random.pick([0, 1, 2, random.between(3, 60)])
    const ms = random.pick([0, 0, random.between(1, 80)])
    return { kind: 'time', acknowledgements, ms, isStopped: random.chance(0.5) }
  }

  private beginLog(): void {
    rmSync(this.order.dir, { recursive: true })
    this.order = this.newOrder()
    this.extent = { firstLsn: 1, lastLsn: 0 }
  }

  private newOrder(): LifeOrder {
    const { random } = this
    return {
      dir: join(this.disk.mountPoint, `log-${this.cuts}`),
      seed: random.below(2 ** 20),
      script: 'endless',
      policy: random.pick(['always', 'always', 'interval', 'never']),
      everyMs: random.between(1, 10),
      segmentBytes: random.pick([MIB / 16, MIB / 16, MIB / 4]),
      spareSegments: random.between(1, 3),
      bytesMax: random.pick([200, 3000, 12_000]),
    }
  }

  private soilCanary(): void {
    const file = openSync(this.canary, 'r+')
    writeSync(file, canaryOf(this.cuts), 0, CANARY_BYTES, 0)
    closeSync(file)
  }

  private hasLostCanary(): boolean {
    const isLost = !existsSync(this.canary) || !readFileSync(this.canary).equals(canaryOf(this.cuts))
    const file = openSync(this.canary, 'w')
    writeSync(file, canaryOf(0))
    fdatasyncSync(file)
    closeSync(file)
    return isLost
  }

  [Symbol.dispose](): void {
    this.disk[Symbol.dispose]()
  }
}

function canaryOf(cut: number): Buffer {
  return Buffer.alloc(CANARY_BYTES, `cut ${cut} `)
}
