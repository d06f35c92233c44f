import { join } from 'node:path'
import { verifyLog } from '../../src/verify/verify-log.ts'
import { requireLog, segmentNames } from './log-path.ts'

/**
 * The last LSN of a log, or of one segment file; 0 if it has no record. Reads the newest segment only: those behind it
 * that hold nothing yet are passed over.
 */
export async function findLastLsn(path: string): Promise<number> {
  const files = requireLog(path) === 'segment' ? [path] : segmentNames(path).map((name) => join(path, name))
  for (const file of files.reverse()) {
    // An empty segment still knows where the one before it ended: all of that is durable.
    const { lastLsn, durableLsn } = await verifyLog(file)
    if (lastLsn > 0 || durableLsn > 0) return Math.max(lastLsn, durableLsn)
  }
  return 0
}
