import { RingwalError } from '../../src/errors.ts'
import { complain } from '../support/failure.ts'
import { plural } from '../support/format.ts'
import { printable } from '../support/printable.ts'
import type { InputFault } from './input-item.ts'

/** Faults told one by one; the others are only counted. */
const TOLD_MAX = 10

/** What becomes of the lines that can not be appended: the first ends it all or, on demand, they are passed over. */
export class Faults {
  /** Lines passed over. */
  skipped = 0
  private readonly name: string
  private readonly skipBad: boolean
  private told = 0

  constructor(name: string, skipBad: boolean) {
    this.name = name
    this.skipBad = skipBad
  }

  /** @throws ERR_RINGWAL_INPUT with file and line, unless such lines are to be passed over and what follows can be read */
  meet(fault: InputFault, lines: number): void {
    const message = `${this.name} line ${fault.line}: ${fault.fault}`
    if (!this.skipBad || fault.isFatal === true) {
      throw new RingwalError('ERR_RINGWAL_INPUT', message, { file: this.name, line: fault.line })
    }
    this.skipped += lines
    if (this.told++ < TOLD_MAX) complain(`ERR_RINGWAL_INPUT: ${printable(message)}; passed over`)
  }

  /** The last word on stderr, after the progress line is gone. */
  tell(): void {
    if (this.told > TOLD_MAX)
      complain(`ERR_RINGWAL_INPUT: ${plural(this.skipped, 'line')} of ${this.name} were passed over`)
  }
}
