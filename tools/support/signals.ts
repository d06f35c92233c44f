const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Signals that end a command in an orderly way. A second one ends the process at once. */
export class EndingSignals {
  /** The one that came. */
  received: NodeJS.Signals | undefined
  private readonly onEnd: () => void

  /** @param onEnd called at the first signal */
  constructor(onEnd: () => void) {
    this.onEnd = onEnd
    for (const signal of SIGNALS) process.on(signal, this.handle)
  }

  /** Gives the signals their usual meaning again. */
  remove(): void {
    for (const signal of SIGNALS) process.off(signal, this.handle)
  }

  private readonly handle = (signal: NodeJS.Signals): void => {
    this.received = signal
    this.remove()
    this.onEnd()
  }
}
