import { resolve } from 'node:path'
import { integerOption, RingwalError } from '../errors.ts'
import { createReadPorts, type ReadPorts } from '../read/log-view.ts'
import { surveyFile } from '../read/survey-file.ts'
import { listPositions } from '../retention/position-files.ts'
import { lockDirectory } from '../storage/directory-lock.ts'
import { listSegments } from '../storage/segment-directory.ts'
import { writeCutCopy } from './cut-copy.ts'
import {
  cutEpoch,
  refuseBelowPositions,
  requireEpoch,
  type TruncateAfterOptions,
  type TruncateAfterReport,
} from './cut-request.ts'
import { finishCut } from './finish-cut.ts'

/**
 * Gives up all records above an LSN, for good: what an engine does with a suffix that was never committed elsewhere. Checkpoints above it
 * go first. Nobody else may have the log open, nor read above `lsn` meanwhile.
 * @param lsn the last that is to be left: from the log's first to its last
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_FENCED if the log has another epoch (fact `epoch`); ERR_RINGWAL_NEEDED if a consumer's position is
 *   above it; ERR_RINGWAL_LOCKED; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_DAMAGED or ERR_RINGWAL_SEGMENTS if the log is not whole;
 *   ERR_RINGWAL_INPUT if it can not end there, within an atomic batch; ERR_RINGWAL_IO: then the cut may be made already as far as that it is
 *   made to its end when the log is opened
 */
export async function truncateAfter(
  dir: string,
  lsn: number,
  options: TruncateAfterOptions,
): Promise<TruncateAfterReport> {
  const epoch = cutEpoch(options)
  const path = resolve(dir)
  const ports = await createReadPorts()
  if (ports.fs.statPath(path)?.kind !== 'directory')
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log at ${dir}`, { dir })
  const lock = await lockDirectory(path)
  try {
    return cutLog(ports, path, lsn, epoch)
  } finally {
    await lock.release()
  }
}

/** The same on any disk, for who holds the lock. @param dir absolute */
export function cutLog(ports: ReadPorts, dir: string, lsn: number, epoch: number): TruncateAfterReport {
  finishCut(ports, dir)
  const { segments } = listSegments(ports.fs, dir, ports.checker)
  const [first, last] = [segments[0], segments.at(-1)]
  if (first === undefined || last === undefined)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no segment in ${dir}`, { dir })
  requireEpoch(epoch, Math.max(...segments.map(({ header }) => header.epoch)))
  const lastLsn = surveyFile(ports, last).nextLsn - 1
  integerOption('lsn', lsn, first.header.firstLsn, lastLsn)
  refuseBelowPositions(listPositions(ports, dir, first.header.logId), lsn)
  if (lsn < lastLsn) {
    writeCutCopy(ports, dir, { lsn, epoch })
    finishCut(ports, dir)
  }
  return { lastLsn: lsn, givenUp: lastLsn - lsn }
}
