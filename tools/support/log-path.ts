import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RingwalError, verifyLog } from '../../src/index.ts'

const SEGMENT_NAME = /^\d{20}\.rwal$/

/**
 * Makes sure that there is a log, or a file that may be a segment. To the readers a directory without segments is a log
 * without records; to a person it is most often the wrong directory.
 * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO
 */
export function requireLog(path: string): 'directory' | 'segment' {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  if (!stat.isDirectory()) return 'segment'
  if (segmentNames(path).length > 0) return 'directory'
  throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log in ${path}: it holds no segment`, { path })
}

/** File names of a log's segments, the oldest first. */
export function segmentNames(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => SEGMENT_NAME.test(name))
    .sort()
}

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
