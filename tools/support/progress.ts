import { formatBytes } from './format.ts'

/** What a progress line needs of the stream it stands on. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const QUIET_MS = 500
const EVERY_MS = 100
const CLEAR_LINE = '\r\u001b[K'

/** One line that is written over and over, on a terminal only, and only once the work has taken half a second. */
export class Progress {
  private readonly label: string
  private readonly stream: ProgressStream
  private readonly now: () => number
  private next: number
  private isShown = false

  constructor(label: string, stream: ProgressStream = process.stderr, now: () => number = () => performance.now()) {
    this.label = label
    this.stream = stream
    this.now = now
    this.next = now() + QUIET_MS
  }

  /** @param bytesTotal 0 where it is not known */
  update(bytesDone: number, bytesTotal: number, more: string = ''): void {
    if (this.stream.isTTY !== true) return
    const now = this.now()
    if (now < this.next) return
    this.next = now + EVERY_MS
    this.isShown = true
    const share =
      bytesTotal > 0 ? ` of ${formatBytes(bytesTotal)}, ${Math.floor((100 * bytesDone) / bytesTotal)} %` : ''
    this.stream.write(`${CLEAR_LINE}${this.label} ${formatBytes(bytesDone)}${share}${more}`)
  }

  /** Takes the line away again. Must be called before anything else is written to the terminal. */
  clear(): void {
    if (this.isShown) this.stream.write(CLEAR_LINE)
    this.isShown = false
  }
}
