import { WallClock } from './wall-clock.ts'

/** A writer's clock further than this from this thread's last stamp is not believed, but looked up. */
const LEAP_MS_MAX = 60_000

export interface WriterClock {
  /** The writer's clock in milliseconds since the Unix epoch; 0 if it does not run. */
  readonly clockMs: number
}

/**
 * Stamps records: wall-clock time in nanoseconds, never running back within one thread, whatever the wall clock does.
 * While the writer takes batches, or dozes between them, its clock serves: a load, for a time that is as old as its last
 * batch or doze, a fraction of a millisecond. Else, while the writer waits for the disk or sleeps, it costs a reading of the
 * system's clock, some 40 ns.
 *
 * The value is left as two 32-bit halves, so that no bigint is made per record; and every number here stands in a typed array,
 * as one that is not a small integer is put on the heap wherever it goes from one function to another.
 */
export class TimeStamp {
  /** Nanoseconds since the Unix epoch: low word, high word. */
  readonly words: Int32Array = new Int32Array(2)
  private readonly clock = new WallClock()
  /** Milliseconds since the Unix epoch. */
  private readonly last = new Float64Array(1)

  /** Sets `words` to the present time. */
  now(writer: WriterClock): void {
    const writerMs = writer.clockMs
    if (writerMs === 0 || Math.abs(writerMs - this.last[0]!) >= LEAP_MS_MAX) this.look()
    else if (writerMs > this.last[0]!) this.set(writerMs)
  }

  private look(): void {
    this.clock.tick()
    if (this.clock.ms[0]! > this.last[0]!) this.set(this.clock.ms[0]!)
  }

  private set(ms: number): void {
    this.last[0] = ms
    const high = Math.floor(ms / 4294.967296)
    const low = (ms - high * 4294.967296) * 1e6
    // Rounding may put `low` just below 0 or above 32 bits; stored in 32 bits it is right, if the carry is.
    this.words[0] = low
    this.words[1] = low < 0 ? high - 1 : low >= 4294967296 ? high + 1 : high
  }
}
