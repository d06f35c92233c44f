import type { Timers } from '../../src/archivist/timers.ts'

interface Waiting {
  readonly at: number
  readonly call: () => void
}

/** Timers of a clock that stands still until it is told to move. */
export class ManualTimers implements Timers {
  private ms = 0
  private waiting: Waiting[] = []

  now(): number {
    return this.ms
  }

  after(ms: number, call: () => void): () => void {
    const one = { at: this.ms + ms, call }
    this.waiting.push(one)
    return () => {
      this.waiting = this.waiting.filter((other) => other !== one)
    }
  }

  /** How many calls are to come. */
  get pending(): number {
    return this.waiting.length
  }

  /** Lets time pass: every call is made at its time, and what follows from it, before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.ms + ms
    await settled()
    for (;;) {
      const next = this.waiting.reduce<Waiting | undefined>(
        (first, one) => (one.at <= end && (first === undefined || one.at < first.at) ? one : first),
        undefined,
      )
      if (next === undefined) break
      this.ms = next.at
      this.waiting = this.waiting.filter((one) => one !== next)
      next.call()
      await settled()
    }
    this.ms = end
  }
}

/** What promises have set going has come to a stop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
