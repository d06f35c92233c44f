import type { ResolvedOptions } from './options.ts'

/** The part of a log that the hooks need. */
interface Closable {
  closeBlocking(timeoutMs: number): void
  close(): Promise<void>
}

/**
 * What happens to an open log when its process ends: an `exit` hook that flushes and seals within a bound (it covers
 * `process.exit` and an uncaught throw), and, if asked for, signals on which the log is closed first.
 */
export class ExitHooks {
  private readonly log: Closable
  private readonly exitFlushMs: number
  private readonly signals: readonly NodeJS.Signals[]

  constructor(log: Closable, options: ResolvedOptions) {
    this.log = log
    this.exitFlushMs = options.exitFlushMs
    this.signals = options.closeOnSignals
    if (this.exitFlushMs > 0) process.on('exit', this.onExit)
    for (const signal of this.signals) process.on(signal, this.onSignal)
  }

  remove(): void {
    process.off('exit', this.onExit)
    for (const signal of this.signals) process.off(signal, this.onSignal)
  }

  private readonly onExit = (): void => {
    try {
      this.log.closeBlocking(this.exitFlushMs)
    } catch {
      // The log is poisoned or the time is up: nobody is left to tell, and nothing was promised.
    }
  }

  /** Closes, then ends the process as the signal would have done without a handler. */
  private readonly onSignal = (signal: NodeJS.Signals): void => {
    const end = (): void => {
      this.remove()
      process.kill(process.pid, signal)
    }
    this.log.close().then(end, end)
  }
}
