import { RingwalError } from '../errors.ts'
import { describeNeed, lowestNeed, type Need, needName } from '../retention/need.ts'
import type { ResolvedRetention } from '../retention/retention-options.ts'
import { type KeptSegment, type LimitName, planRetention, type RetentionPlan } from '../retention/retention-plan.ts'
import type { Pieces } from './chores.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import { STATE_OPEN } from './control-layout.ts'
import type { RecycledFiles } from './recycled-files.ts'
import type { RetentionHeld } from './retention-held.ts'
import { type RetirePorts, retireUnneeded } from './retire-unneeded.ts'
import type { SegmentLedger } from './segment-ledger.ts'
import type { TruncateReport } from './segment-retirer.ts'
import type { SpareMaker } from './spare-maker.ts'

export interface KeeperParts extends RetirePorts {
  readonly control: LogControl
  readonly clock: Clock
  readonly ledger: SegmentLedger
  readonly recycled: RecycledFiles
  readonly spares: SpareMaker
}

export interface KeeperSettings extends ResolvedRetention {
  readonly segmentBytes: number
  readonly spareSegments: number
}

/** What is told to whoever opened the log. */
export interface RetentionTold {
  readonly retired: (report: TruncateReport) => void
  /** A limit stays exceeded, for another reason than before; undefined: none does any more. */
  readonly held: (state: RetentionHeld | undefined) => void
  readonly warning: (error: RingwalError) => void
}

/**
 * The steward's side of retention: retires what is over a limit, and tells when somebody is in the way. It makes room before the next
 * file is made, so `maxBytes` is kept as long as nobody is.
 */
export class RetentionKeeper {
  private readonly parts: KeeperParts
  private readonly settings: KeeperSettings
  private readonly told: RetentionTold
  private dueAt = 0
  private seen = ''
  private isSweeping = false
  private held: RetentionHeld | undefined
  private warned: ReadonlySet<string> = new Set()

  constructor(parts: KeeperParts, settings: KeeperSettings, told: RetentionTold) {
    this.parts = parts
    this.settings = settings
    this.told = told
  }

  /** Whether it is time to look: something changed that a plan is made from, or some time has passed. */
  get isDue(): boolean {
    return !this.isSweeping && (this.parts.clock.monotonicMs() >= this.dueAt || this.signs !== this.seen)
  }

  /** Has the next look come at once: something changed that shows in no word. */
  hurry(): void {
    this.dueAt = 0
  }

  /** Whether a file may be made for the next segment: not before room was made for it, nor at a cap that refuses. */
  get allowsFiles(): boolean {
    if (this.settings.limits.maxBytes === undefined) return true
    return !this.isSweeping && this.signs === this.seen && !this.parts.control.ring.isPaused
  }

  /** Looks, and retires what is to go; a piece of the work for each `next()`. @throws as `SegmentRetirer.truncateBefore` does */
  sweep(): Pieces<void> {
    // From here on, and not from the first piece on: it may wait behind other work.
    this.isSweeping = true
    return this.work()
  }

  private *work(): Pieces<void> {
    this.seen = this.signs
    this.dueAt = this.parts.clock.monotonicMs() + this.settings.everyMs
    try {
      yield* this.enforce()
    } finally {
      this.isSweeping = false
    }
  }

  private *enforce(): Pieces<void> {
    const { control, needs } = this.parts
    while (control.state === STATE_OPEN) {
      const all = yield* needs.all()
      const need = lowestNeed(all)
      const segments = this.parts.ledger.look(control.steward.spareTaken)
      const plan = this.plan(segments, need?.lsn ?? Number.POSITIVE_INFINITY)
      this.warnOf(all)
      if (plan.cutLsn === 0) return this.tell(plan, segments, need)
      const report = yield* retireUnneeded(this.parts, plan.cutLsn)
      if (report.segments === 0) return
      this.told.retired(report)
    }
  }

  /** Files that wait beyond what is asked for go before records do. */
  private plan(segments: readonly KeptSegment[], neededLsn: number): RetentionPlan {
    const { control, clock, recycled, spares } = this.parts
    const { limits, segmentBytes, spareSegments } = this.settings
    const holdings = { segments, neededLsn, durableLsn: control.durable, nowMs: clock.wallMs() }
    for (;;) {
      const waiting = Math.max(spares.waiting, spareSegments)
      const plan = planRetention(limits, { ...holdings, waitingBytes: waiting * segmentBytes })
      if (waiting === spareSegments || recycled.count === 0 || this.isWithin(segments, waiting)) return plan
      recycled.discard(recycled.take()!.number)
    }
  }

  private isWithin(segments: readonly KeptSegment[], waiting: number): boolean {
    return this.bytesOf(segments, waiting) <= (this.settings.limits.maxBytes ?? Number.POSITIVE_INFINITY)
  }

  private bytesOf(segments: readonly KeptSegment[], waiting: number): number {
    return segments.reduce((sum, { bytes }) => sum + bytes, waiting * this.settings.segmentBytes)
  }

  private tell({ held: limit }: RetentionPlan, segments: readonly KeptSegment[], need: Need | undefined): void {
    const { control, spares } = this.parts
    const bytes = this.bytesOf(segments, spares.waiting)
    control.counts.set('retainedBytes', bytes)
    const held = limit && need && this.heldBy(limit, need, bytes, segments.length)
    // Told first: who is refused can look up why.
    if (!isSame(held, this.held)) this.told.held(held)
    this.held = held
    if (held?.refusing) control.ring.pause()
    else control.ring.resume()
  }

  private heldBy(limit: LimitName, need: Need, bytes: number, segments: number): RetentionHeld {
    // To take no more makes nothing younger.
    const refusing = this.settings.atCap === 'refuse' && limit !== 'maxAgeMs'
    return { limit, by: needName(need), why: describeNeed(need), neededLsn: need.lsn, bytes, segments, refusing }
  }

  /** Of files that can not be used, and so keep everything: each once, as long as it is so. */
  private warnOf(needs: readonly Need[]): void {
    const unusable = needs.filter(({ name, reason }) => name !== '' && reason !== undefined)
    for (const need of unusable.filter((need) => !this.warned.has(needName(need)))) {
      const { by, name, reason } = need
      const message = `nothing is retired because of ${describeNeed(need)}`
      this.told.warning(new RingwalError('ERR_RINGWAL_DAMAGED', message, { by, name, reason }))
    }
    this.warned = new Set(unusable.map(needName))
  }

  /** What changes when a new segment was begun, a hold was taken or released, or the archive has come further. */
  private get signs(): string {
    const { steward, needs } = this.parts.control
    return `${steward.spareTaken} ${needs.heldLsn} ${needs.hasArchive} ${needs.archivedLsn}`
  }
}

/** Whether it is the same limit, and the same one in the way. */
function isSame(a: RetentionHeld | undefined, b: RetentionHeld | undefined): boolean {
  return a?.limit === b?.limit && a?.by === b?.by && a?.refusing === b?.refusing
}
