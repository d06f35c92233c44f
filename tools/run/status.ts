import { RingwalError } from '../../src/errors.ts'
import { readLock } from '../../src/storage/directory-lock.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { describeStatus, type LogStatus, statusJson } from '../output/status-report.ts'
import { archiveFacts } from '../support/archive-facts.ts'
import { checkpointFacts } from '../support/checkpoint-facts.ts'
import { EXIT_FINE, EXIT_NO } from '../support/exit.ts'
import { countExtraFiles } from '../support/extra-files.ts'
import { gatherFacts } from '../support/log-facts.ts'
import { requireLog } from '../support/log-path.ts'
import type { Output } from '../support/output.ts'

export interface StatusFlags {
  readonly archive?: string
  readonly json?: true
}

export async function status(dir: string, { archive, json }: StatusFlags, output: Output): Promise<number> {
  if (requireLog(dir) !== 'directory')
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  const lock = readLock(dir)
  const checkpoints = await checkpointFacts(dir)
  const facts = await gatherFacts(dir)
  const files = countExtraFiles(nodeFileSystem.list(dir))
  const freeBytes = nodeFileSystem.freeBytes(dir)
  const lag = archive === undefined ? undefined : await archiveFacts(dir, archive, facts.durableLsn, Date.now())
  const found: LogStatus = { facts, lock, checkpoints, files, freeBytes, archive: lag }
  if (json) output.line(statusJson(found))
  else for (const line of describeStatus(found)) output.line(line)
  await output.flush()
  const isHurt = facts.segments.some(({ state }) => state === 'damaged')
  const isArchiveHurt = lag !== undefined && lag.problem !== null
  return isHurt || isArchiveHurt || checkpoints.some(({ problem }) => problem !== null) ? EXIT_NO : EXIT_FINE
}
