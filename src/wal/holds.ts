import { integerOption, RingwalError } from '../errors.ts'
import type { LogControl } from './control.ts'

/** Keeps the records from an LSN on, until it is released. */
export interface Hold extends Disposable {
  /** The first LSN that is kept. */
  readonly lsn: number
  /** Goes on: records below `lsn` are not needed any more. @param lsn not below the one that is kept now */
  moveTo(lsn: number): void
  /** Once is enough. */
  release(): void
}

/** The holds of one open log, in the thread that opened it. The steward learns of the lowest, by a word. */
export class Holds {
  private control: LogControl
  private readonly held = new Set<Held>()

  constructor(control: LogControl) {
    this.control = control
  }

  /** Goes over to another ring of the same log. */
  connect(control: LogControl): void {
    this.control = control
    this.update()
  }

  /**
   * @param firstLsn of the log, as far as it was known before
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_RETIRED if records from `lsn` on are gone, or about to go
   */
  take(lsn: number, firstLsn: number): Hold {
    integerOption('lsn', lsn, 1, Number.MAX_SAFE_INTEGER)
    const hold = new Held(lsn, (one) => this.change(one))
    this.held.add(hold)
    this.update()
    const left = Math.max(firstLsn, this.control.needs.leftLsn)
    if (left <= lsn) return hold
    hold.release()
    const message = `LSN ${lsn} to ${left - 1} are retired, or about to be: the log begins at LSN ${left}`
    throw new RingwalError('ERR_RINGWAL_RETIRED', message, { lsn, firstLsn: left })
  }

  /** The lowest LSN that is held; 0 if none is. */
  get lowest(): number {
    return this.held.size === 0 ? 0 : Math.min(...[...this.held].map(({ lsn }) => lsn))
  }

  /** The highest LSN from which on something is held; 0 if nothing is. */
  get highest(): number {
    return Math.max(0, ...[...this.held].map(({ lsn }) => lsn))
  }

  private change(hold: Held): void {
    if (hold.isReleased) this.held.delete(hold)
    this.update()
  }

  private update(): void {
    this.control.needs.heldLsn = this.lowest
  }
}

class Held implements Hold {
  isReleased = false
  private from: number
  private readonly onChange: (hold: Held) => void

  constructor(lsn: number, onChange: (hold: Held) => void) {
    this.from = lsn
    this.onChange = onChange
  }

  get lsn(): number {
    return this.from
  }

  moveTo(lsn: number): void {
    this.from = integerOption('lsn', lsn, this.from, Number.MAX_SAFE_INTEGER)
    if (!this.isReleased) this.onChange(this)
  }

  release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.onChange(this)
  }

  [Symbol.dispose](): void {
    this.release()
  }
}
