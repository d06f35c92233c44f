import { readWal } from '../../src/read/read-wal.ts'
import { EntryPrinter } from '../output/entry-printer.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { findLastLsn } from '../support/last-lsn.ts'
import type { Output } from '../support/output.ts'
import { EndingSignals } from '../support/signals.ts'

export interface TailFlags {
  readonly lines: number
  readonly follow?: true
  readonly json?: true
}

export async function tail(dir: string, { lines, follow, json }: TailFlags, output: Output): Promise<number> {
  const from = Math.max(1, (await findLastLsn(dir)) - lines + 1)
  const printer = new EntryPrinter(json ? 'json' : 'plain', output)
  const abort = new AbortController()
  const signals = new EndingSignals(() => abort.abort())
  const bounds = { from, onDamage: printer.onDamage, signal: abort.signal }
  try {
    if (lines > 0 || follow) {
      for await (const entry of readWal(dir, follow ? { ...bounds, follow } : bounds)) {
        const slow = printer.print(entry)
        if (slow !== undefined) await slow
        else if (follow) output.flushSoon()
        if (output.isClosed) break
      }
    }
    await printer.end()
  } finally {
    signals.remove()
  }
  // To be ended is how following ends; otherwise the signal cut the work short.
  if (!follow && signals.received !== undefined) process.kill(process.pid, signals.received)
  return printer.faults > 0 ? EXIT_NO : EXIT_FINE
}
