import type { Timers } from '../../src/archivist/timers.ts'

/** Timers of a week: time passes in steps of a minute, and what was due meanwhile is due at their end. */
export class WeekTimers implements Timers {
  private ms = 0
  private waiting: { readonly at: number; readonly call: () => void }[] = []

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

  /** Each call that is due is made once; those that follow from them wait for the next step. */
  async pass(ms: number): Promise<void> {
    this.ms += ms
    const due = this.waiting.filter(({ at }) => at <= this.ms)
    this.waiting = this.waiting.filter(({ at }) => at > this.ms)
    for (const { call } of due.sort((a, b) => a.at - b.at)) call()
    await settled()
  }
}

/** What promises have set going has come to a stop: no work of a week waits for anything but a timer. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
