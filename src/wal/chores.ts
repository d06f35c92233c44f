/** Work that comes in pieces: one `next()` each. */
export type Pieces<T> = Generator<undefined, T>

interface Chore {
  /** @returns whether it has ended */
  readonly step: () => boolean
}

/** Jobs in pieces, one behind the other, so that between any two pieces something more urgent can be done. */
export class Chores {
  private readonly jobs: Chore[] = []

  /** Exactly one of the two is called when the job has ended. */
  add<T>(pieces: Pieces<T>, onDone: (result: T) => void, onError: (error: unknown) => void): void {
    const step = (): boolean => {
      try {
        const { done, value } = pieces.next()
        if (!done) return false
        onDone(value)
      } catch (error) {
        onError(error)
      }
      return true
    }
    this.jobs.push({ step })
  }

  /** Does one piece. @returns false if there was none */
  step(): boolean {
    const job = this.jobs[0]
    if (job === undefined) return false
    if (job.step()) this.jobs.shift()
    return true
  }
}
