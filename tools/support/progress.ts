/** What a progress line needs of the stream it stands on. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const QUIET_MS = 500
const EVERY_MS = 100
const CLEAR_LINE = '\r\u001b[K'

/** The one whose line is on the terminal now. There is one terminal, so there is one line. */
let shown: Progress | undefined

/** One line that is written over and over, on a terminal only, and only once the work has taken half a second. */
export class Progress {
  private readonly stream: ProgressStream
  private readonly now: () => number
  private next: number

  constructor(stream: ProgressStream = process.stderr, now: () => number = () => performance.now()) {
    this.stream = stream
    this.now = now
    this.next = now() + QUIET_MS
  }

  /** @param describe called only when it is time for a new line */
  update(describe: () => string): void {
    if (this.stream.isTTY !== true) return
    const now = this.now()
    if (now < this.next) return
    this.next = now + EVERY_MS
    shown = this
    this.stream.write(`${CLEAR_LINE}${describe()}`)
  }

  /** Takes the line away again. */
  clear(): void {
    if (shown !== this) return
    shown = undefined
    this.stream.write(CLEAR_LINE)
  }
}

/** Takes away whatever line there is, so that another can be written. */
export function clearProgress(): void {
  shown?.clear()
}
