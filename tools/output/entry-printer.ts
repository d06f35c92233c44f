import type { Damage, Entry } from '../../src/index.ts'
import { describeDamage } from '../../src/read/damage.ts'
import { complain, describeFailure } from '../support/failure.ts'
import { formatCount } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { Progress } from '../support/progress.ts'
import { type EntryForm, EntryText } from './entry-text.ts'

/** Prints records as they are read; what is wrong with the log goes to stderr, a line each, and is counted. */
export class EntryPrinter {
  printed = 0
  /** Damaged places and unreadable payloads. */
  faults = 0
  /** To be handed to `readWal`. */
  readonly onDamage: (damage: Damage) => void
  private readonly text: EntryText
  private readonly output: Output
  private readonly progress = new Progress()

  constructor(form: EntryForm, output: Output) {
    this.output = output
    this.onDamage = (damage) => this.complain(`ERR_RINGWAL_DAMAGED: ${printable(describeDamage(damage))}`)
    this.text = new EntryText(form, ({ lsn }, error) => this.complain(`${describeFailure(error)} (LSN ${lsn})`))
  }

  /** @returns a promise while the reader of stdout is slow */
  print(entry: Entry): Promise<void> | undefined {
    this.output.line(this.text.of(entry))
    this.printed++
    return this.output.isFull ? this.flush() : undefined
  }

  private async flush(): Promise<void> {
    await this.output.flush()
    // Where the records themselves go by, they are progress enough.
    if (process.stdout.isTTY !== true) this.progress.update(() => `${formatCount(this.printed)} records`)
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    await this.output.flush()
    this.progress.clear()
  }

  private complain(line: string): void {
    this.faults++
    complain(line)
  }
}
