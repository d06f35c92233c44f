/** What the log of a week must hold: its events in order, and the state behind each of them. */
import { snapshotOf, TradingState } from '../../src/trading/index.ts'

export interface WeekEvent {
  readonly type: number
  readonly key: number
  readonly value: unknown
  /** Nanoseconds since 1970. */
  readonly time: bigint
  /** LSN of the first event of its atomic batch, and of the last. */
  readonly batch: readonly [number, number]
}

export class WeekModel {
  readonly events: WeekEvent[] = []
  /** Highest LSN that anybody was told to be durable. */
  acknowledged = 0

  get lastLsn(): number {
    return this.events.length
  }

  at(lsn: number): WeekEvent {
    return this.events[lsn - 1]!
  }

  /** A crash took what nobody had been told of. */
  cutTo(lsn: number): void {
    this.events.length = lsn
  }

  /** The last event of a log that holds nothing above an LSN: batches are whole. */
  lastUpTo(lsn: number): number {
    if (lsn === 0) return 0
    const [first, last] = this.at(lsn).batch
    return last <= lsn ? lsn : first - 1
  }

  /** The last event before the first one of a later time; times do not run backward. */
  lastUpToTime(time: bigint): number {
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.events[middle]!.time <= time) low = middle + 1
      else high = middle
    }
    return this.lastUpTo(low)
  }
}

/** The model's state at one LSN after another; cheap as long as they rise. */
export class StateCursor {
  private readonly model: WeekModel
  private state = new TradingState()
  private lsn = 0

  constructor(model: WeekModel) {
    this.model = model
  }

  /** @returns the snapshot of the state behind an event */
  at(lsn: number): Uint8Array {
    if (lsn < this.lsn) {
      this.state = new TradingState()
      this.lsn = 0
    }
    while (this.lsn < lsn) {
      const { type, key, value } = this.model.at(++this.lsn)
      this.state.apply({ lsn: this.lsn, type, key, value })
    }
    return snapshotOf(this.state)
  }
}
