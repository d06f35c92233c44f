/** Time, handed in so that a test can own it. */
export interface Timers {
  /** Milliseconds on a clock that nobody sets. */
  now(): number
  /** Calls back after some time. @returns takes that back; does nothing once it was called */
  after(ms: number, call: () => void): () => void
}
