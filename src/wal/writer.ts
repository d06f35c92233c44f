import { errorToRecord } from '../errors.ts'
import { FRAME_HEADER_BYTES, type FrameKernel, type PreviousSegment } from '../format/index.ts'
import type { RingConsumer } from '../ring/index.ts'
import type { LogControl } from './control.ts'
import { STATE_CLOSED, STATE_CLOSING, STATE_OPEN, STATE_POISONED } from './control-layout.ts'
import { buryClaim, writeEndFrame, writeMarkFrame } from './own-frames.ts'
import { corruptRing, poisonError } from './poison.ts'
import { SegmentFile, type SegmentIdentity, type SegmentPorts } from './segment-file.ts'
import { type PlacedFile, requireInPlace } from './segment-watch.ts'
import { SyncPlan, type SyncSettings } from './sync-plan.ts'

export interface WriterSettings extends SegmentIdentity, SyncSettings {}

/** Where recovery says the log goes on. */
export interface ResumePoint {
  readonly nextSegment: number
  readonly nextLsn: number
  readonly previous: PreviousSegment
  /** The file of the segment before; undefined if there is none. */
  readonly before: PlacedFile | undefined
}

export interface WriterPorts extends SegmentPorts {
  readonly consumer: RingConsumer
  readonly control: LogControl
  readonly kernel: FrameKernel
}

/** Bytes taken as one batch at most, if one claim alone is not longer. */
const BATCH_BYTES = 1 << 20
/** How long the log must be idle before the writer leaves a mark for the last batch by itself. */
const IDLE_MARK_MS = 10

/**
 * The writer's loop body: a plain step over ring, file system and clock, so that a test can drive it call by call.
 *
 * A step takes what is published as one batch, seals it in place, writes the ring's own bytes with one call, gives the
 * space back, syncs if the policy says so and publishes the durable LSN. The first failure poisons the log: after it no
 * byte is written and no sync is tried again (rules R2 and R19).
 */
export class LogWriter {
  private readonly ports: WriterPorts
  private readonly settings: WriterSettings
  private readonly view: DataView
  /** Address of 64 bytes before the ring that no batch can need: its marks end at the ring's first byte. */
  private readonly scratch: number
  private segment: SegmentFile | undefined
  private nextSegment: number
  private nextLsn: number
  private previous: PreviousSegment
  private before: PlacedFile | undefined
  private durable: number
  private marked: number
  private readonly plan: SyncPlan
  private idleSince: number | undefined

  /** Set once nothing more will be done: closed or poisoned. */
  finished = false

  constructor(ports: WriterPorts, settings: WriterSettings, resume: ResumePoint) {
    this.ports = ports
    this.settings = settings
    this.plan = new SyncPlan(ports, settings)
    this.view = new DataView(ports.consumer.ring.memory.buffer)
    this.scratch = ports.consumer.ring.base - 128
    this.nextSegment = resume.nextSegment
    this.nextLsn = resume.nextLsn
    this.previous = resume.previous
    this.before = resume.before
    this.durable = resume.nextLsn - 1
    this.marked = this.durable
  }

  /** Does what there is to do, once. @returns whether anything was done */
  step(): boolean {
    if (this.finished) return false
    if (this.ports.control.state === STATE_POISONED) {
      this.finished = true
      return false
    }
    try {
      return this.work()
    } catch (error) {
      this.finished = true
      this.ports.control.poison(errorToRecord(poisonError(error, this.durable)))
      return false
    }
  }

  /** Milliseconds until `step` has timed work to do, if nothing else comes. */
  get restMs(): number {
    const idleMark = this.wantsMark && this.idleSince !== undefined ? this.idleSince + IDLE_MARK_MS : Infinity
    return Math.max(0, Math.min(this.plan.dueAt, idleMark) - this.ports.clock.monotonicMs())
  }

  /** Whether something besides the ring asks for a step. */
  get hasRequest(): boolean {
    return this.ports.control.state !== STATE_OPEN || this.plan.isAskedFor(this.durable, this.nextLsn)
  }

  private work(): boolean {
    const bytes = this.takeBatch()
    if (bytes > 0) {
      this.idleSince = undefined
      if (this.isSyncDue) this.sync()
      return true
    }
    if (this.resolveAbandoned()) return true
    this.ports.consumer.reapOwners()
    if (this.isSyncDue) {
      this.sync()
      return true
    }
    if (this.ports.control.state === STATE_CLOSING && this.ports.consumer.seal()) {
      this.seal()
      return true
    }
    return this.markIfIdle()
  }

  /** Takes, seals, writes and releases one batch. @returns its bytes, 0 if there was none */
  private takeBatch(): number {
    const { consumer, control, kernel } = this.ports
    if (!consumer.hasWork || this.plan.isHolding) return 0
    const segment = this.segment ?? this.beginSegment()
    let bytes = consumer.collect(Math.max(0, Math.min(BATCH_BYTES, segment.room)))
    if (bytes === 0) {
      const blocked = consumer.blockedBytes
      if (blocked === 0) return 0
      if (blocked > segment.room) this.rotate()
      bytes = consumer.collect(Math.min(Math.max(BATCH_BYTES, blocked), this.segment!.room))
    }
    const current = this.segment!
    let from = consumer.at
    const to = from + bytes
    if (this.wantsMark) {
      from -= FRAME_HEADER_BYTES
      this.writeMark(from)
    }
    const nextLsn = Number(kernel.seal(from, to, current.salt, BigInt(this.nextLsn)))
    if (nextLsn <= this.nextLsn) throw corruptRing(this.nextLsn)
    current.append(consumer.ring.bytes, from, to - from)
    this.plan.wrote(bytes, nextLsn - this.nextLsn)
    control.counts.add('records', nextLsn - this.nextLsn)
    control.counts.add('batches', 1)
    control.counts.add('bytes', to - from)
    this.nextLsn = nextLsn
    consumer.release(nextLsn)
    consumer.reapOwners()
    control.clockMs = this.ports.clock.wallMs()
    return bytes
  }

  private get isSyncDue(): boolean {
    return this.plan.isDue(this.durable, this.nextLsn)
  }

  /** Makes all that is written durable, and says so. */
  private sync(): void {
    const segment = this.segment!
    const now = this.syncSegment(segment)
    if (segment.isLookDue(now)) segment.look(now)
    this.publishDurable()
  }

  /** @returns monotonic milliseconds, now */
  private syncSegment(segment: SegmentFile): number {
    const { clock, control } = this.ports
    const started = clock.monotonicMs()
    control.clockMs = 0
    segment.sync()
    const now = clock.monotonicMs()
    control.counts.noteSync(now - started)
    this.plan.synced(started, now)
    return now
  }

  private publishDurable(): void {
    const durable = this.nextLsn - 1
    if (durable === this.durable) return
    this.durable = durable
    this.ports.control.publishDurable(durable)
  }

  /** Whether there is a durable LSN that no mark tells of yet. */
  private get wantsMark(): boolean {
    return this.durable > this.marked && this.segment !== undefined
  }

  private writeMark(at: number): void {
    writeMarkFrame(this.view, at, this.durable, this.ports.clock.wallNs())
    this.marked = this.durable
    this.ports.control.counts.add('marks', 1)
  }

  /** Leaves the last batch its witness once no other batch comes to carry it. */
  private markIfIdle(): boolean {
    if (!this.wantsMark) return false
    const now = this.ports.clock.monotonicMs()
    this.idleSince ??= now
    if (now - this.idleSince < IDLE_MARK_MS) return false
    if (this.segment!.room < 0) {
      this.endSegment()
    } else {
      this.writeMark(this.scratch)
      this.appendScratch()
      this.plan.wrote(FRAME_HEADER_BYTES, 0)
    }
    return true
  }

  /** Seals and writes the one frame without payload that stands in the scratch bytes. @returns its check */
  private appendScratch(): bigint {
    const { kernel, consumer, control } = this.ports
    kernel.seal(this.scratch, this.scratch + FRAME_HEADER_BYTES, this.segment!.salt, BigInt(this.nextLsn))
    this.segment!.append(consumer.ring.bytes, this.scratch, FRAME_HEADER_BYTES)
    control.counts.add('bytes', FRAME_HEADER_BYTES)
    return this.view.getBigUint64(this.scratch, true)
  }

  private beginSegment(): SegmentFile {
    // In a directory that was replaced nothing goes on.
    if (this.before !== undefined) requireInPlace(this.ports.fs, this.before)
    this.segment = SegmentFile.begin(this.ports, this.settings, this.nextSegment, this.nextLsn, this.previous)
    this.nextSegment++
    this.marked = this.durable
    this.ports.control.counts.add('segments', 1)
    return this.segment
  }

  private rotate(): void {
    this.endSegment()
    this.beginSegment()
  }

  /**
   * Ends the current segment: all of it durable, then the end frame, durable too. Only then may the next header be
   * written, which by its very existence proves that this segment was whole (rule R3).
   */
  private endSegment(): void {
    const segment = this.segment!
    if (!this.plan.isAllSynced) this.syncSegment(segment)
    writeEndFrame(this.view, this.scratch, this.nextLsn - 1, this.ports.clock.wallNs())
    const lastCheck = this.appendScratch()
    this.previous = { lastLsn: this.nextLsn - 1, endOffset: segment.position, lastCheck }
    segment.sync()
    segment.look(this.ports.clock.monotonicMs())
    this.publishDurable()
    this.before = segment.place
    if (this.ports.control.state === STATE_CLOSING) segment.trim()
    segment.close()
    this.segment = undefined
  }

  /** The end of a clean close. */
  private seal(): void {
    if (this.segment !== undefined) this.endSegment()
    this.finished = true
    this.ports.control.moveState(STATE_CLOSING, STATE_CLOSED)
  }

  /** Writes a tombstone over a claim whose thread died, so that its LSNs are accounted for and those behind it go on. */
  private resolveAbandoned(): boolean {
    const { consumer } = this.ports
    const claim = consumer.abandonedClaim()
    if (claim === undefined) return false
    if (!buryClaim(this.view, claim, this.nextLsn, this.ports.clock.wallNs())) throw corruptRing(this.nextLsn)
    consumer.adopt()
    return true
  }
}
