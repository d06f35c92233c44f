import type { DrillStep } from './drill-plan.ts'

/** Runs from the failure on. */
export class Stopwatch {
  /** By the wall clock, in milliseconds since 1970. */
  readonly startedMs: number = Date.now()
  readonly steps: DrillStep[] = []
  private readonly started = performance.now()

  get seconds(): number {
    return round(performance.now() - this.started)
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const result = await work()
    this.steps.push({ name, seconds: round(performance.now() - began) })
    return result
  }
}

function round(ms: number): number {
  return Math.round(ms) / 1000
}
