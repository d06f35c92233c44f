/** The recovery service's checks of its events: sequence numbers without gaps, times in their order. */
import type { Cell } from '../../trading/service-columns.ts'
import { cellText, type Findings } from './findings.ts'
import { parseServiceTime, type ServiceTime } from './service-time.ts'

/** Gaps that are told one by one. */
const GAPS_SHOWN = 5

/** Gets the events by rising sequence number. */
export class EventStreamCheck {
  private readonly errors: string[] = []
  private gaps = 0
  private missing = 0
  private outOfOrder = 0
  private previous: { readonly sequence: Cell; readonly time: string | null } | undefined
  private last: string | null = null

  add(sequence: Cell, time: string | null): void {
    const { previous } = this
    this.previous = { sequence, time }
    if (time !== null && (this.last === null || time > this.last)) this.last = time
    if (previous === undefined) return
    if (previous.time !== null && time !== null && previous.time > time) this.outOfOrder++
    if (previous.sequence === null || isNext(previous.sequence, sequence)) return
    if (Number(sequence) - Number(previous.sequence) > 1) this.missing++
    if (this.gaps++ < GAPS_SHOWN)
      this.errors.push(`Sequence gap: ${numberText(previous.sequence)} -> ${numberText(sequence)}`)
  }

  findings(): Findings {
    const more = this.gaps > GAPS_SHOWN ? [`... and ${this.gaps - GAPS_SHOWN} more sequence gaps`] : []
    const found = `Found ${this.outOfOrder} events with out-of-order timestamps`
    return { errors: [...this.errors, ...more], warnings: this.outOfOrder > 0 ? [found] : [] }
  }

  /** What is told besides where a state of a certain time is to be checked. @param target nanoseconds since 1970 */
  targetErrors(target: bigint): string[] {
    const errors = this.missing > 0 ? [`Found ${this.missing} gaps in event sequence`] : []
    if (this.last === null || this.last === '') return errors
    const time: ServiceTime | undefined = parseServiceTime(this.last)
    if (time === undefined) errors.push(`The last event has a created_at that is no time: ${this.last}`)
    else if (time.ns > target) errors.push(`Events exist after target timestamp: ${time.text}`)
    return errors
  }
}

function isNext(previous: Cell, sequence: Cell): boolean {
  if (isWhole(previous) && isWhole(sequence)) return BigInt(sequence) === BigInt(previous) + 1n
  return typeof previous === 'number' && sequence === previous + 1
}

function isWhole(cell: Cell): cell is number | bigint {
  return typeof cell === 'bigint' || Number.isInteger(cell)
}

/** An integer has no point there, as it has in a column of reals. */
function numberText(cell: Cell): string {
  return isWhole(cell) ? String(cell) : cellText(cell)
}

/** As a database sorts them: null first, then numbers, then texts. */
export function compareSequence(a: Cell, b: Cell): number {
  const [x, y] = [rank(a), rank(b)]
  if (x !== y) return x - y
  if (a === b || a === null || b === null) return 0
  return a < b ? -1 : a > b ? 1 : 0
}

function rank(cell: Cell): number {
  if (cell === null) return 0
  return typeof cell === 'string' ? 2 : 1
}
