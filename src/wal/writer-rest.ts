import type { RingConsumer } from '../ring/index.ts'
import type { Clock } from './clock.ts'
import type { LogControl } from './control.ts'
import type { SyncPolicy } from './sync-plan.ts'
import type { LogWriter } from './writer.ts'

export interface RestPorts {
  readonly consumer: RingConsumer
  readonly control: LogControl
  readonly clock: Clock
}

/** Looks at the ring before the thread sleeps under `always`: about 50 µs, as a wake-up costs as much when the core slept. */
const TURNS_IF_AWAITED = 500
/** The same where nobody waits for a sync of each batch. */
const TURNS = 20
const DOZE_MS_MAX = 0.25
/** Shorter than this a timed sleep is not worth its system call. */
const DOZE_MS_MIN = 0.1
/** A ring must last for two dozes at this rate, 1 GB/s. */
const BYTES_PER_MS = 1e6
/** After so much time without a record the writer sleeps until it is woken. */
const DOZE_UNTIL_MS = 50

/**
 * How the writer thread passes the time when there is nothing to do: it looks at the ring again and again for a while,
 * then sleeps.
 *
 * Under `interval` and `never` nobody waits for the very next write. There it dozes as long as records keep coming: a
 * producer finds nobody to wake, which would cost it microseconds, and batches grow. A request for a sync, a full ring
 * and the end of the log wake it at once.
 */
export class WriterRest {
  private readonly ports: RestPorts
  private readonly writer: LogWriter
  private readonly turnsMax: number
  private readonly dozeMs: number
  private turns = 0
  private quietSince: number | undefined

  constructor(ports: RestPorts, writer: LogWriter, policy: SyncPolicy) {
    this.ports = ports
    this.writer = writer
    this.turnsMax = policy === 'always' ? TURNS_IF_AWAITED : TURNS
    const dozeMs = Math.min(DOZE_MS_MAX, ports.consumer.ring.capacity / 2 / BYTES_PER_MS)
    this.dozeMs = policy === 'always' || dozeMs < DOZE_MS_MIN ? 0 : dozeMs
  }

  /** There was work. */
  end(): void {
    this.turns = 0
    this.quietSince = undefined
  }

  /** There was none: a turn of looking, or a sleep. */
  take(): void {
    if (++this.turns < this.turnsMax) return
    this.turns = 0
    const { consumer, control, clock } = this.ports
    const now = clock.monotonicMs()
    this.quietSince ??= now
    const { restMs } = this.writer
    const stay = (): boolean => this.writer.hasRequest || this.writer.finished
    if (this.dozeMs > 0 && now - this.quietSince < DOZE_UNTIL_MS) {
      control.clockMs = clock.wallMs()
      consumer.doze(Math.min(this.dozeMs, restMs), stay)
    } else {
      control.clockMs = 0
      consumer.park(restMs, stay)
    }
  }
}
