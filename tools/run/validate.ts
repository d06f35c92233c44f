import { checkLines, checkSource } from '../service/check-source.ts'
import { readService } from '../service/service-source.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { plural } from '../support/format.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'

export interface ValidateFlags {
  /** Nanoseconds since 1970. */
  readonly timestamp?: bigint
  readonly compat?: true
  readonly json?: true
}

export async function validate(path: string, flags: ValidateFlags, output: Output): Promise<number> {
  const checked = checkSource(await readService(path), flags.timestamp)
  const { errors, warnings } = checked.verdict
  if (flags.json || flags.compat) output.line(printable(JSON.stringify(checked.verdict)))
  else {
    for (const line of checkLines(checked)) output.line(printable(line))
    const counts = `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`
    output.line(errors.length === 0 ? `OK: ${counts}` : `INCONSISTENT: ${counts}`)
  }
  await output.flush()
  return errors.length === 0 ? EXIT_FINE : EXIT_NO
}
