import type { Writable } from 'node:stream'
import { RingwalError } from '../../src/errors.ts'

const FLUSH_CHARACTERS = 1 << 16

/**
 * Lines for stdout, gathered into large writes that wait for a slow reader. A reader that has gone away (`| head -1`)
 * is no error: from then on lines are dropped, and `isClosed` tells the command that it may stop.
 */
export class Output {
  private readonly stream: Writable
  private text = ''
  private failure: Error | undefined
  private closed = false
  private flushing: Promise<void> | undefined
  private isScheduled = false

  constructor(stream: Writable = process.stdout) {
    this.stream = stream
    stream.on('error', (error: NodeJS.ErrnoException) => this.onError(error))
  }

  /** Whether nobody reads any more. */
  get isClosed(): boolean {
    return this.closed
  }

  /** Takes a line, without its end. While `isFull`, `flush` before the next. */
  line(text: string): void {
    if (!this.closed) this.text += `${text}\n`
  }

  /** Takes a piece of a line. */
  piece(text: string): void {
    if (!this.closed) this.text += text
  }

  get isFull(): boolean {
    return this.text.length >= FLUSH_CHARACTERS
  }

  /** Writes what was gathered as soon as the event loop gets a turn, for lines that come singly. */
  flushSoon(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.flush().catch(() => {})
    })
  }

  /**
   * Resolves when all that was gathered is handed to the system, and the event loop has had a turn.
   * @throws ERR_RINGWAL_IO for anything but a reader that has gone away: a full disk, say
   */
  async flush(): Promise<void> {
    while (this.flushing !== undefined) await this.flushing
    this.flushing = this.write()
    await this.flushing
    this.flushing = undefined
    await new Promise((resolve) => setImmediate(resolve))
    if (this.failure !== undefined) {
      throw new RingwalError('ERR_RINGWAL_IO', `writing to stdout: ${this.failure.message}`, {}, this.failure)
    }
  }

  private write(): Promise<void> {
    const { text } = this
    this.text = ''
    if (text === '' || this.closed || this.failure !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.stream.write(text, (error) => {
        if (error) this.onError(error)
        resolve()
      })
    })
  }

  private onError(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') this.closed = true
    else this.failure ??= error
  }
}
