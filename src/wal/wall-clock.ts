/** Milliseconds by which the system's clock may be ahead before it is followed. */
const DRIFT_MS_MAX = 2
/** How often the two are compared. */
const COMPARE_EVERY_MS = 1000

/**
 * Wall-clock time that never runs back: the monotonic clock, set by the wall clock at the start, and whenever that has
 * gone ahead. A wall clock that is set back is followed only when the log is next opened.
 */
export class WallClock {
  /** The time as of the last `tick`, in milliseconds since the Unix epoch, to about a quarter of a microsecond. */
  readonly ms: Float64Array = new Float64Array(1)
  private origin: number = Date.now() - monotonicMs()
  private compareAt = 0

  tick(): void {
    const now = monotonicMs()
    if (now >= this.compareAt) this.compare(now)
    this.ms[0] = this.origin + now
  }

  nowMs(): number {
    this.tick()
    return this.ms[0]!
  }

  private compare(now: number): void {
    const wall = Date.now()
    if (wall - (this.origin + now) > DRIFT_MS_MAX) this.origin = wall - now
    this.compareAt = now + COMPARE_EVERY_MS
  }
}

/**
 * As `performance.now()`, perhaps with another start; some 50 ns. From Node.js 24 on that leaves nothing on the heap, where
 * `process.hrtime()` leaves 32 bytes (26); before, it is the other way round: 16 bytes and none.
 */
const monotonicMs: () => number = majorVersion() >= 24 ? () => performance.now() : hrtimeMs

function hrtimeMs(): number {
  const time = process.hrtime()
  // No destructuring: it would make an iterator.
  return time[0] * 1000 + time[1] / 1e6
}

function majorVersion(): number {
  return Number.parseInt(process.versions.node, 10)
}
