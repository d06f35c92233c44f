import { WallClock } from './wall-clock.ts'

/** A writer's clock further than this from this thread's last stamp is not believed, but looked up. */
const LEAP_MS_MAX = 60_000

/**
 * Stamps records: wall-clock time in nanoseconds, never running back within one thread, whatever the wall clock does.
 * While the writer takes batches, or dozes between them, its clock serves: a load, for a time that is as old as its last
 * batch or doze, a fraction of a millisecond. Else, while the writer waits for the disk or sleeps, it costs a reading of the
 * system's clock, some 40 ns.
 *
 * The value is left as two 32-bit halves, so that no bigint is made per record.
 */
export class TimeStamp {
  low = 0
  high = 0
  private readonly clock = new WallClock()
  private last = 0

  /**
   * Sets `low` and `high` to the present time.
   * @param writerMs the writer's clock, milliseconds since the Unix epoch; 0 if it does not run
   */
  now(writerMs: number): void {
    const near = writerMs !== 0 && Math.abs(writerMs - this.last) < LEAP_MS_MAX
    const ms = near ? writerMs : this.clock.nowMs()
    if (ms <= this.last) return
    this.last = ms
    const high = Math.floor(ms / 4294.967296)
    this.low = (ms - high * 4294.967296) * 1e6
    // Rounding may put `low` just below 0 or above 32 bits; stored in 32 bits it is right, if the carry is.
    this.high = this.low < 0 ? high - 1 : this.low >= 4294967296 ? high + 1 : high
  }
}
