import { RingwalError } from '../../src/errors.ts'
import { plural } from '../support/format.ts'
import { checkLines, checkSource } from './check-source.ts'
import { readServiceLog } from './log-source.ts'

/**
 * Holds the state that a restored log makes against the recovery service's checks.
 * @param timestamp time that was restored to, nanoseconds since 1970
 * @returns a line for each check
 * @throws ERR_RINGWAL_INPUT if the state is not consistent; ERR_RINGWAL_OPTION if what came before the log is not in it
 */
export async function checkRestored(dir: string, firstLsn: number, timestamp: bigint | undefined): Promise<string[]> {
  if (firstLsn > 1) {
    const message = `--reducer: the log begins with LSN ${firstLsn}, and the state can not be made of its records alone`
    throw new RingwalError('ERR_RINGWAL_OPTION', message, { option: '--reducer', firstLsn })
  }
  const checked = checkSource(await readServiceLog(dir, {}), timestamp)
  const { errors } = checked.verdict
  if (errors.length === 0) return [...checkLines(checked)]
  const message = `the restored state is not consistent: ${plural(errors.length, 'error')}, the first: ${errors[0]}. To look at it, restore it to another directory with --no-validate, and run: ringwal validate`
  throw new RingwalError('ERR_RINGWAL_INPUT', message, { errors: errors.length })
}
