import type { WalStats } from '../../src/index.ts'

const LOOK_MS = 100

/** Watches a log from outside, to tell when it synced last and for how long the oldest record has waited for it. */
export class SyncWatch {
  private readonly stats: () => WalStats
  private readonly timer: NodeJS.Timeout
  private syncs: number
  private syncedAt: Date | null = null
  /** The last record at a moment: as long as it is not durable, something has waited since then. */
  private markLsn: number
  private markedAt = performance.now()

  constructor(stats: () => WalStats) {
    this.stats = stats
    const { syncs, lastLsn } = stats()
    this.syncs = syncs
    this.markLsn = lastLsn
    this.timer = setInterval(() => this.look(), LOOK_MS)
    this.timer.unref()
  }

  /**
   * @returns `lastSync`: the last sync since the start, null if there was none; `lagMs`: how long something has waited to
   * become durable, less up to 100 ms; 0 if nothing waits
   */
  look(): { readonly lastSync: Date | null; readonly lagMs: number } {
    const { syncs, lastLsn, durableLsn } = this.stats()
    const now = performance.now()
    if (syncs !== this.syncs) this.syncedAt = new Date()
    this.syncs = syncs
    if (durableLsn >= this.markLsn) {
      this.markLsn = lastLsn
      this.markedAt = now
    }
    return { lastSync: this.syncedAt, lagMs: durableLsn >= lastLsn ? 0 : now - this.markedAt }
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
