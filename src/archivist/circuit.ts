import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IBackoff,
} from 'cockatiel'
import type { BreakerState } from './archive-events.ts'

/** How many failures in a row open it. */
export const FAILURES_MAX = 5
/** About how long the first pause is; each one after it is twice as long, up to the longest: then it is one attempt a minute. */
export const FIRST_PAUSE_MS = 1000
export const PAUSE_MAX_MS = 60_000

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
}

/**
 * The breaker would measure its pause by the wall clock, which may be set back by a day and keep it open for as long. Whoever
 * calls waits, by a clock that nobody sets, and for the breaker every attempt is due.
 */
const ALWAYS_DUE: IBackoff<unknown> = { duration: Number.NEGATIVE_INFINITY, next: () => ALWAYS_DUE }

/** A circuit breaker around attempts, with pauses between them that grow, with jitter, while they fail. */
export class Circuit {
  /** How many attempts failed in a row. */
  failures = 0
  private readonly breaker: CircuitBreakerPolicy
  private readonly backoff: ExponentialBackoff<number>
  private pause: IBackoff<unknown> | undefined

  /** @param random from 0 to below 1 @param onChange told of each new state */
  constructor(random: () => number, onChange: (state: BreakerState) => void) {
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: ALWAYS_DUE,
      breaker: new ConsecutiveBreaker(FAILURES_MAX),
    })
    this.breaker.onStateChange((state) => onChange(STATES[state]))
    this.backoff = new ExponentialBackoff({
      initialDelay: FIRST_PAUSE_MS,
      maxDelay: PAUSE_MAX_MS,
      // Half of it by lot: logs whose target failed at the same moment do not come back to it at the same one.
      generator: (attempts = 0, { initialDelay, maxDelay }) => {
        const pause = Math.min(maxDelay, initialDelay * 2 ** attempts)
        return [(pause + random() * pause) / 2, attempts + 1]
      },
    })
  }

  get state(): BreakerState {
    return STATES[this.breaker.state]
  }

  /** How long to wait before the next attempt, in milliseconds. */
  get pauseMs(): number {
    return this.pause?.duration ?? 0
  }

  /** One attempt, one at a time. @throws what it throws */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.breaker.execute(work)
      this.failures = 0
      this.pause = undefined
      return result
    } catch (error) {
      this.failures++
      this.pause = (this.pause ?? this.backoff).next(undefined)
      throw error
    }
  }
}
