import { readdirSync, statSync } from 'node:fs'
import { RingwalError } from '../../src/errors.ts'

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
