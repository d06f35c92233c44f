import type { RingConsumer } from '../ring/index.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'

export type SyncPolicy = 'always' | 'interval' | 'never'

export interface SyncSettings {
  readonly policy: SyncPolicy
  /** Under `interval`: milliseconds from the first unsynced write to its sync. */
  readonly everyMs: number
}

export interface SyncPorts {
  readonly clock: Clock
  readonly control: LogControl
  readonly consumer: RingConsumer
}

/**
 * Under `interval` a sync comes early when this much is unsynced, or half a ring if that is more: while the writer waits
 * for the disk nobody empties the ring, and a sync of all that 100 ms of full speed bring would last until it is full.
 */
const EARLY_BYTES_MIN = 4 << 20
/** A group of so few records is no crowd: its records are taken as they come. */
const FEW_RECORDS = 2
/** A group of so many bytes is worth its sync as it is. */
const MANY_BYTES = 1 << 16
const HOLD_MS_MAX = 5
/** The latest sync counts for one part of so many in the mean. */
const MEAN_PARTS = 8

/**
 * Group commit: when a sync is due, and when a batch had better wait for more.
 *
 * Callers that wait for their records come back together after a sync. Whoever comes first would have a sync alone, and
 * all the others wait for two. So, under `always`, the writer waits until as many bytes have come as had come by the end of one
 * of the last two syncs, but half a sync's time at most. Where few wait, nothing waits for them.
 */
export class SyncPlan {
  private readonly ports: SyncPorts
  private readonly settings: SyncSettings
  private readonly earlyBytes: number
  /** Monotonic time of the first write since the last sync; undefined if all is synced. */
  private unsyncedSince: number | undefined
  private bytes = 0
  private records = 0
  private crowdBytes = 0
  private crowdBytesBefore = 0
  private syncedAt = Number.NEGATIVE_INFINITY
  private meanMs = 0

  constructor(ports: SyncPorts, settings: SyncSettings) {
    this.ports = ports
    this.settings = settings
    this.earlyBytes = Math.max(ports.consumer.ring.capacity >> 1, EARLY_BYTES_MIN)
  }

  /** Tells of a write. @param bytes of records, as they stood in the ring: without the mark that was written with them */
  wrote(bytes: number, records: number): void {
    this.unsyncedSince ??= this.ports.clock.monotonicMs()
    this.bytes += bytes
    this.records += records
  }

  /** Tells of a sync, by its begin and end in monotonic milliseconds. */
  synced(started: number, ended: number): void {
    const tookMs = ended - started
    this.meanMs = this.meanMs === 0 ? tookMs : this.meanMs + (tookMs - this.meanMs) / MEAN_PARTS
    this.syncedAt = ended
    this.crowdBytesBefore = this.crowdBytes
    this.crowdBytes = this.records > FEW_RECORDS ? this.nextCrowd() : 0
    this.unsyncedSince = undefined
    this.bytes = 0
    this.records = 0
  }

  /** Those who come back now, and those who came during the sync: else they would take turns for ever, as two groups. */
  private nextCrowd(): number {
    const { consumer } = this.ports
    const isMany = this.bytes >= MANY_BYTES || consumer.hasReady(MANY_BYTES - this.bytes)
    return isMany ? 0 : this.bytes + consumer.readyBytes
  }

  get isAllSynced(): boolean {
    return this.unsyncedSince === undefined
  }

  /** Whether what is published had better wait for what is about to come. */
  get isHolding(): boolean {
    const expected = Math.max(this.crowdBytes, this.crowdBytesBefore)
    if (expected === 0 || this.settings.policy !== 'always') return false
    if (this.ports.consumer.hasReady(expected)) return false
    return this.ports.clock.monotonicMs() - this.syncedAt < Math.min(this.meanMs / 2, HOLD_MS_MAX)
  }

  /** @param durable the highest LSN known durable  @param nextLsn the LSN behind all that is written */
  isDue(durable: number, nextLsn: number): boolean {
    if (this.unsyncedSince === undefined) return false
    const { policy } = this.settings
    if (policy === 'always' || this.isAskedFor(durable, nextLsn)) return true
    if (policy === 'never') return false
    return this.bytes >= this.earlyBytes || this.ports.clock.monotonicMs() >= this.dueAt
  }

  /** Whether a sync was asked for, and all that it is to cover is written: a backlog is not synced batch by batch. */
  isAskedFor(durable: number, nextLsn: number): boolean {
    const { control } = this.ports
    return !this.isAllSynced && control.flushWanted(durable) && !control.flushWanted(nextLsn - 1)
  }

  /** Monotonic milliseconds at which the policy asks for a sync; infinity if it does not. */
  get dueAt(): number {
    const { policy, everyMs } = this.settings
    if (this.unsyncedSince === undefined || policy === 'never') return Number.POSITIVE_INFINITY
    return this.unsyncedSince + (policy === 'always' ? 0 : everyMs)
  }
}
