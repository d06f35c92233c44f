import { Durations, type Recording } from '../statistics.ts'

export interface Waits {
  readonly recordsPerSecond: number
  readonly latency: Recording
}

/** Ends a turn: whichever comes first. */
export interface TurnBounds {
  readonly samples: number
  readonly budgetMs: number
}

/** One caller who does one thing again and again, each when the one before is done; in turns with other loops. */
export class ClosedLoop {
  private readonly step: () => Promise<void> | void
  private readonly durations = new Durations()
  /** Spent in its turns. */
  milliseconds = 0

  constructor(step: () => Promise<void> | void) {
    this.step = step
  }

  get waits(): Waits {
    const { durations, milliseconds } = this
    return { recordsPerSecond: durations.count / (milliseconds / 1000), latency: durations.recording() }
  }

  async turn({ samples, budgetMs }: TurnBounds): Promise<void> {
    const began = performance.now()
    let ended = began
    for (let count = 0; count < samples && ended - began <= budgetMs; count++) {
      const started = performance.now()
      const waiting = this.step()
      if (waiting !== undefined) await waiting
      ended = performance.now()
      this.durations.record(started, ended)
    }
    this.milliseconds += ended - began
  }
}

/**
 * Loops in turn. A disk has better and worse moments: a second apart, the same loop may take twice as long.
 * @param bounds of each loop, over all of its turns
 */
export async function takeTurns(loops: readonly ClosedLoop[], turns: number, bounds: TurnBounds): Promise<void> {
  const each = { samples: Math.ceil(bounds.samples / turns), budgetMs: bounds.budgetMs / turns }
  for (let i = 0; i < turns; i++) {
    // A step may last longer than a turn: under `interval` it waits for the timer.
    for (const loop of loops) if (loop.milliseconds < bounds.budgetMs) await loop.turn(each)
  }
}
