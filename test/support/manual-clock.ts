import type { Clock } from '../../src/wal/clock.ts'

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  ms = 0
  wall: bigint

  /** @param hours how much later than others' the wall clock begins */
  constructor(hours = 0) {
    this.wall = 1_700_000_000_000_000_000n + BigInt(hours) * 3_600_000_000_000n
  }

  monotonicMs(): number {
    return this.ms
  }

  wallMs(): number {
    return Number(this.wall) / 1e6
  }

  wallNs(): bigint {
    return this.wall
  }

  /** Lets milliseconds pass, on both faces. */
  advance(ms: number): void {
    this.ms += ms
    this.wall += BigInt(Math.round(ms * 1e6))
  }
}
