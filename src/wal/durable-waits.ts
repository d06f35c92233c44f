import { RingwalError } from '../errors.ts'
import { type LogControl, STATE_CLOSED, STATE_POISONED } from './control.ts'

interface Waiter {
  readonly lsn: number
  readonly resolve: () => void
  readonly reject: (error: RingwalError) => void
}

/** What keeps the event loop, and so the process, alive while promises wait. */
export interface KeepAlive {
  ref(): void
  unref(): void
}

/**
 * One thread's promises of durability. However many wait, there is one pending `Atomics.waitAsync`; as that never keeps
 * the event loop alive, `keepAlive` is held meanwhile.
 */
export class DurableWaits {
  private readonly control: LogControl
  private readonly keepAlive: KeepAlive
  /** Ascending by LSN. */
  private waiters: Waiter[] = []
  private armed = false

  constructor(control: LogControl, keepAlive: KeepAlive) {
    this.control = control
    this.keepAlive = keepAlive
  }

  /** Resolves once `lsn` is durable; rejects when it is certain that nobody will say so any more. */
  wait(lsn: number): Promise<void> {
    if (this.control.durable >= lsn) return Promise.resolve()
    const ended = endOf(this.control, lsn)
    if (ended !== undefined) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
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
      if (this.control.state === STATE_POISONED) throw this.control.failure!
      return this.control.state === STATE_CLOSED
    }
    if (this.blockUntil(isClosed, timeoutMs)) return
    throw new RingwalError('ERR_RINGWAL_TIMEOUT', `the log did not close within ${timeoutMs} ms`, { timeoutMs })
  }

  private blockUntil(condition: () => boolean, timeoutMs: number): boolean {
    const deadline = performance.now() + timeoutMs
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
    this.loop()
  }

  private loop(): void {
    this.control.enlist()
    const seen = this.control.event
    this.settle()
    if (this.waiters.length > 0) {
      void this.control.waitEventAsync(seen).then(() => this.loop())
    } else {
      this.armed = false
      this.keepAlive.unref()
    }
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
  const { state } = control
  if (state === STATE_POISONED) return control.failure
  if (state !== STATE_CLOSED || control.durable >= lsn) return undefined
  return new RingwalError('ERR_RINGWAL_CLOSED', `the log is closed; LSN ${lsn} was never appended to it`, { lsn })
}
