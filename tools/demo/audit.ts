import { isDeepStrictEqual } from 'node:util'
import { type Entry, RingwalError, readWal } from '../../src/index.ts'
import { Book } from './book.ts'
import type { EventStream } from './events.ts'

/** How a log compares with the events that were put into it. */
export interface Audit {
  /** Last LSN that the log gives back. */
  readonly recovered: number
  /** LSNs that were acknowledged and are missing, or are there with another content. */
  readonly lost: number
  /** What is wrong, lost or not; the first that was met. */
  readonly problem: string | undefined
  /** Of the state that the input's first `recovered` events make. */
  readonly digest: string
}

/** Reads a log whole and compares it with the input, event by event. @param acknowledged highest LSN told to be durable */
export async function auditLog(dir: string, stream: EventStream, acknowledged: number): Promise<Audit> {
  const audit = new LogAudit(stream, acknowledged)
  try {
    for await (const entry of readWal(dir)) audit.take(entry)
  } catch (error) {
    if (!(error instanceof RingwalError)) throw error
    audit.note(`${error.code}: ${error.message}`)
  }
  return audit.end()
}

class LogAudit {
  private readonly expected: Generator<unknown>
  private readonly acknowledged: number
  private readonly model = new Book()
  private last = 0
  private lost = 0
  private problem: string | undefined

  constructor(stream: EventStream, acknowledged: number) {
    this.expected = stream.events()
    this.acknowledged = acknowledged
  }

  take(entry: Entry): void {
    if (entry.lsn <= this.last) {
      this.note(`LSN ${entry.lsn} comes after LSN ${this.last}`)
      return
    }
    while (this.last < entry.lsn - 1) this.miss()
    const event = this.next()
    if (isSame(entry.value, event)) return
    this.note(`LSN ${this.last} holds ${show(entry.value)} instead of ${show(event)}`)
    if (this.last <= this.acknowledged) this.lost++
  }

  note(problem: string): void {
    this.problem ??= problem
  }

  end(): Audit {
    const { last: recovered, acknowledged, model } = this
    if (recovered < acknowledged) this.note(`LSN ${recovered + 1} to ${acknowledged} are missing at the end`)
    const lost = this.lost + Math.max(0, acknowledged - recovered)
    return { recovered, lost, problem: this.problem, digest: model.digest() }
  }

  private miss(): void {
    this.next()
    this.note(`LSN ${this.last} is missing`)
    if (this.last <= this.acknowledged) this.lost++
  }

  private next(): unknown {
    const event: unknown = this.expected.next().value
    this.last++
    this.model.apply(event)
    return event
  }
}

/** JSON does not tell -0 from 0, and MessagePack stores it as 0. */
function isSame(stored: unknown, event: unknown): boolean {
  return isDeepStrictEqual(stored, event) || JSON.stringify(stored) === JSON.stringify(event)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
