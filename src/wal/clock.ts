import { WallClock } from './wall-clock.ts'

/** Time, handed in so that a test can own it. */
export interface Clock {
  /** Monotonic milliseconds from any start; not moved by changes of the wall clock. */
  monotonicMs(): number
  /** Wall-clock milliseconds since the Unix epoch, with fractions. */
  wallMs(): number
  /** Wall-clock nanoseconds since the Unix epoch. */
  wallNs(): bigint
}

const wall = new WallClock()

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => wall.nowMs(),
  wallNs: () => BigInt(Math.round(wall.nowMs() * 1000)) * 1000n,
}
