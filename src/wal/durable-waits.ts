import { RingwalError } from '../errors.ts'
import type { LogControl } from './control.ts'
import { STATE_CLOSED } from './control-layout.ts'
import { Lookout } from './lookout.ts'

interface Waiter {
  readonly lsn: number
  readonly resolve: () => void
  readonly reject: (error: RingwalError) => void
}

/**
 * How often waiting promises are looked after without having been woken. On Node 24.21 a promise of `Atomics.waitAsync`
 * was once seen to stay pending though its word had been changed and notified, with the main thread idle.
 */
const BACKSTOP_MS = 50

/** What keeps the event loop, and so the process, alive while promises wait. */
export interface KeepAlive {
  ref(): void
  unref(): void
}

/**
 * One thread's promises of durability. They are looked after in each turn of the event loop, for a moment; then, however
 * many wait, there is one pending `Atomics.waitAsync`. As that never keeps the event loop alive, `keepAlive` is held
 * meanwhile.
 */
export class DurableWaits {
  private readonly control: LogControl
  private readonly keepAlive: KeepAlive
  private readonly lookout = new Lookout()
  /** Ascending by LSN. */
  private waiters: Waiter[] = []
  private armed = false
  private round = 0
  private backstop: NodeJS.Timeout | undefined

  constructor(control: LogControl, keepAlive: KeepAlive) {
    this.control = control
    this.keepAlive = keepAlive
  }

  /** Resolves to `value` once `lsn` is durable; rejects when it is certain that nobody will say so any more. */
  wait<T>(lsn: number, value: T): Promise<T> {
    if (this.control.durable >= lsn) return Promise.resolve(value)
    const ended = endOf(this.control, lsn)
    if (ended !== undefined) return Promise.reject(ended)
    return new Promise<T>((fulfil, reject) => {
      const resolve = (): void => fulfil(value)
      let at = this.waiters.length
      while (at > 0 && this.waiters[at - 1]!.lsn > lsn) at--
      const waiter = { lsn, resolve, reject }
      if (at === this.waiters.length) this.waiters.push(waiter)
      else this.waiters.splice(at, 0, waiter)
      if (!this.armed) this.arm()
    })
  }

  /**
   * Blocks this thread until `lsn` is durable.
   * @throws ERR_RINGWAL_TIMEOUT after `timeoutMs`; what ended the log, if it can not become durable any more
   */
  waitBlocking(lsn: number, timeoutMs: number): void {
    const isDurable = (): boolean => {
      if (this.control.durable >= lsn) return true
      const ended = endOf(this.control, lsn)
      if (ended !== undefined) throw ended
      return false
    }
    if (this.blockUntil(isDurable, timeoutMs)) return
    throw new RingwalError('ERR_RINGWAL_TIMEOUT', `LSN ${lsn} was not durable within ${timeoutMs} ms`, {
      lsn,
      timeoutMs,
    })
  }

  /** Blocks this thread until the writer has sealed the log. @throws as `waitBlocking` */
  waitClosed(timeoutMs: number): void {
    const isClosed = (): boolean => {
      const { refusal } = this.control
      if (refusal !== undefined) throw refusal
      return this.control.state === STATE_CLOSED
    }
    if (this.blockUntil(isClosed, timeoutMs)) return
    throw new RingwalError('ERR_RINGWAL_TIMEOUT', `the log did not close within ${timeoutMs} ms`, { timeoutMs })
  }

  private blockUntil(condition: () => boolean, timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs
    if (this.lookout.until(condition)) return true
    for (;;) {
      this.control.enlist()
      const seen = this.control.event
      if (condition()) return true
      const left = deadline - performance.now()
      if (left <= 0) return false
      this.control.waitEvent(seen, left)
    }
  }

  private arm(): void {
    this.armed = true
    this.keepAlive.ref()
    this.backstop = setInterval(() => this.look(), BACKSTOP_MS)
    this.backstop.unref()
    const round = ++this.round
    this.lookout.inTurns(
      () => !this.isWaiting(round),
      () => this.loop(round),
    )
  }

  /** Whether promises still wait, since this round began; whoever need not wait is told. */
  private isWaiting(round: number): boolean {
    if (round !== this.round || !this.armed) return false
    this.look()
    return this.armed
  }

  /** Waits for one event after the other, as long as promises wait; a round that the backstop ended stops by itself. */
  private loop(round: number): void {
    this.control.enlist()
    const seen = this.control.event
    if (this.isWaiting(round)) void this.control.waitEventAsync(seen).then(() => this.loop(round))
  }

  private look(): void {
    this.settle()
    if (this.waiters.length > 0) return
    this.armed = false
    clearInterval(this.backstop)
    this.keepAlive.unref()
  }

  private settle(): void {
    const { durable } = this.control
    let done = 0
    while (done < this.waiters.length && this.waiters[done]!.lsn <= durable) this.waiters[done++]!.resolve()
    const ended = done < this.waiters.length ? endOf(this.control, durable + 1) : undefined
    if (ended === undefined) {
      this.waiters = this.waiters.slice(done)
    } else {
      const left = this.waiters.slice(done)
      this.waiters = []
      for (const waiter of left) waiter.reject(ended)
    }
  }
}

/** Why nothing above `durable` will be known durable any more; undefined while the log works. */
function endOf(control: LogControl, lsn: number): RingwalError | undefined {
  const { refusal } = control
  if (refusal !== undefined || control.state !== STATE_CLOSED || control.durable >= lsn) return refusal
  return new RingwalError('ERR_RINGWAL_CLOSED', `the log is closed, and does not know LSN ${lsn} to be durable`, {
    lsn,
  })
}
