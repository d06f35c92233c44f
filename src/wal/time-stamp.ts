/** Milliseconds by which the monotonic clock may drift from the wall clock before it is set by it again. */
const DRIFT_MS_MAX = 2
/** How often the two are compared. */
const COMPARE_EVERY_MS = 1000

/** A writer's clock further from this thread's last stamp than this is not believed, but looked up. */
const LEAP_MS_MAX = 60_000

/**
 * Stamps records: wall-clock time in nanoseconds at about a quarter of a microsecond's resolution, never running back within one
 * thread, whatever the wall clock does. While the writer works through batches its clock serves, which is at most one
 * batch old; else it costs one call of `performance.now()`.
 *
 * The value is left as two 32-bit halves, so that no bigint is made per record.
 */
export class TimeStamp {
  low = 0
  high = 0
  private origin: number = Date.now() - performance.now()
  private compareAt = 0
  private last = 0

  /**
   * Sets `low` and `high` to the present time.
   * @param writerMs the writer's clock, milliseconds since the Unix epoch; 0 if it does not run
   */
  now(writerMs: number): void {
    const near = writerMs > this.last - LEAP_MS_MAX && writerMs < this.last + LEAP_MS_MAX
    const ms = near ? writerMs : this.systemMs()
    if (ms <= this.last) return
    this.last = ms
    this.high = Math.floor(ms / 4294.967296)
    this.low = (ms - this.high * 4294.967296) * 1e6
  }

  private systemMs(): number {
    const now = performance.now()
    if (now >= this.compareAt) this.compare(now)
    return this.origin + now
  }

  private compare(now: number): void {
    const wall = Date.now()
    if (Math.abs(wall - (this.origin + now)) > DRIFT_MS_MAX) this.origin = wall - now
    this.compareAt = now + COMPARE_EVERY_MS
  }
}
