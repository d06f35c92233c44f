import { RingwalError } from '../../src/errors.ts'
import { readLock } from '../../src/storage/directory-lock.ts'
import { describeStat, statJson } from '../output/stat-report.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { gatherFacts } from '../support/log-facts.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'

export interface StatFlags {
  readonly json?: true
}

export async function stat(dir: string, { json }: StatFlags, output: Output): Promise<number> {
  if (requireLog(dir) !== 'directory') {
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  }
  const lock = readLock(dir)
  const facts = await gatherFacts(dir)
  if (json) output.line(statJson(facts, lock))
  else for (const line of describeStat(facts, lock)) output.line(line)
  await output.flush()
  return facts.segments.some(({ state }) => state === 'damaged') ? EXIT_NO : EXIT_FINE
}
