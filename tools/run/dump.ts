import type { ReadOptions } from '../../src/index.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { EntryPrinter } from '../output/entry-printer.ts'
import type { EntryForm } from '../output/entry-text.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'

export interface DumpFlags {
  readonly from?: number
  readonly to?: number
  readonly since?: bigint
  readonly until?: bigint
  readonly type?: readonly number[]
  readonly limit?: number
  readonly headers?: true
  readonly json?: true
}

export async function dump(path: string, flags: DumpFlags, output: Output): Promise<number> {
  requireLog(path)
  const { limit = Number.POSITIVE_INFINITY } = flags
  const printer = new EntryPrinter(formOf(flags), output)
  if (limit > 0) {
    for await (const entry of readWal(path, { ...boundsOf(flags), onDamage: printer.onDamage })) {
      const slow = printer.print(entry)
      if (slow !== undefined) await slow
      if (printer.printed === limit || output.isClosed) break
    }
  }
  await printer.end()
  return printer.faults > 0 ? EXIT_NO : EXIT_FINE
}

function formOf({ json, headers }: DumpFlags): EntryForm {
  if (json) return 'json'
  return headers ? 'headers' : 'plain'
}

/** Only what was given: an option that is there but undefined is no option. */
function boundsOf({ from, to, since, until, type }: DumpFlags): ReadOptions {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(type === undefined ? {} : { type }),
  }
}
