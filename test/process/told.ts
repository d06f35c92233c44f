/**
 * What a victim says on descriptor 3, a line for each thing, by one blocking write: what it was told before it dies is said.
 * A line without its last word was cut by death and says nothing.
 */
export const REPORT_PIPE = 3
export const LINE_END = '.'

/** A refusal as the victim met it. */
export interface Refusal {
  /** What it was about to do. */
  readonly deed: string
  readonly code: string
  readonly cause?: string
  readonly errnoName?: string
  readonly operation?: string
  readonly message: string
}

/** All that a victim has said. */
export class Told {
  /** Its process, which is not the one that was started if strace stands between. */
  pid: number | undefined
  /** Last LSN of the log when it opened it first; undefined if it did not come so far. */
  opened: number | undefined
  /** Highest LSN that it was told is durable. */
  durable = 0
  /** Highest LSN before which it has asked to retire. */
  cutting = 0
  /** First LSN of the log by the last answer to that. */
  first = 0
  /** Highest LSN acknowledged only after the log had refused something because it is poisoned; 0 if none was. */
  durableAfterPoison = 0
  /** Acknowledgements of any kind. */
  acknowledgements = 0
  /** Whether it did all that it was to do. */
  isDone = false
  readonly refusals: Refusal[] = []

  hear(line: string): void {
    const words = line.split(' ')
    if (words.pop() !== LINE_END) return
    const [word, ...rest] = words
    const number = Number(rest[0])
    if (word === 'pid') this.pid = number
    else if (word === 'open') this.opened ??= number
    else if (word === 'cutting') this.cutting = Math.max(this.cutting, number)
    else if (word === 'done') this.isDone = true
    else if (word === 'refused') this.refusals.push(JSON.parse(rest.join(' ')) as Refusal)
    else this.hearAnswer(word, number)
  }

  private hearAnswer(word: string | undefined, number: number): void {
    this.acknowledgements++
    if (word === 'durable') this.hearDurable(number)
    else if (word === 'first') this.first = Math.max(this.first, number)
  }

  private hearDurable(lsn: number): void {
    const isPoisoned = this.refusals.some(({ code }) => code === 'ERR_RINGWAL_POISONED')
    // That what was durable before is durable, may be said again.
    if (isPoisoned && lsn > this.durable) this.durableAfterPoison = lsn
    this.durable = Math.max(this.durable, lsn)
  }
}
