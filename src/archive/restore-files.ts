import { join } from 'node:path'
import { type CheckpointFile, type CheckpointReadPorts, verifyCheckpoint } from '../checkpoint/checkpoint-files.ts'
import { RingwalError } from '../errors.ts'
import { checkpointName, segmentName } from '../format/index.ts'
import { framesUpTo, type LimitedEnd, type RecordLimit } from '../read/frames-up-to.ts'
import { withFile } from '../read/log-view.ts'
import { fileSource } from '../read/segment-walk.ts'
import { surveyListing } from '../read/survey-file.ts'
import { OwnFrames } from '../repair/own-frames.ts'
import { listSegments } from '../storage/segment-directory.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import { reportOf } from '../verify/verify-report.ts'
import type { RestorePorts } from './archive-ports.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { isProblem } from './catalog.ts'
import type { CheckpointEntry, PartEntry } from './manifest.ts'
import { readObject } from './stored-object.ts'

/** Name of the object that an error lays itself to; undefined for one that is not about an object. */
export function unusableObject(error: unknown): string | undefined {
  const object = error instanceof RingwalError ? error.facts['object'] : undefined
  return typeof object === 'string' ? object : undefined
}

/** Reads objects one behind the other. */
export type ReadPart = (entry: PartEntry | CheckpointEntry) => AsyncIterable<Uint8Array>

/** Objects of an archive; what is wrong with one is thrown with its name. */
export function partReader(target: ArchiveTarget): ReadPart {
  return async function* (entry) {
    try {
      yield* readObject(target, entry)
    } catch (error) {
      if (!isProblem(error)) throw error
      throw new RingwalError(error.code, error.message, { ...error.facts, object: entry.name }, error)
    }
  }
}

/** Puts the segments' files together, byte for byte. */
export async function writeSegments(
  { fs }: RestorePorts,
  parts: readonly PartEntry[],
  read: ReadPart,
  staging: StagingDirectory,
): Promise<void> {
  for (let i = 0; i < parts.length; ) {
    const { segment } = parts[i]!
    await staging.fill(segmentName(segment), async (file) => {
      for (; parts[i]?.segment === segment; i++) {
        const part = parts[i]!
        let at = part.from
        for await (const piece of read(part)) {
          fs.write(file, piece, 0, piece.length, at)
          at += piece.length
        }
      }
    })
  }
}

/**
 * Cuts the last segment behind the last record within a limit, and closes it with an end frame, so that whoever opens the log
 * knows that it ends there and that nothing is torn.
 */
export function cutLog({ fs, checker, memory }: RestorePorts, dir: string, limit: RecordLimit): LimitedEnd {
  const segment = listSegments(fs, dir, checker).segments.at(-1)
  if (segment === undefined) throw new RingwalError('ERR_RINGWAL_DAMAGED', `no segment can be read in ${dir}`, { dir })
  const end = withFile(fs, segment.path, (file) => framesUpTo({ memory }, fileSource(fs, file), segment, limit))
  const frame = new OwnFrames(segment.header.salt, checker).end(end.lsn)
  const file = fs.open(segment.path, 'write')
  try {
    fs.truncate(file, end.offset)
    fs.write(file, frame, 0, frame.length, end.offset)
    fs.syncAll(file)
  } finally {
    fs.close(file)
  }
  return end
}

/** How many checkpoints of each label are restored: one to begin with, and one to fall back to. */
const CHECKPOINTS_KEPT = 2

/**
 * Restores the newest checkpoints of each label.
 * @param checkpoints by falling LSN
 * @param onUnusable told of those that can not be used; an older one takes their place
 * @returns names of those that are there
 */
export async function writeCheckpoints(
  ports: RestorePorts,
  checkpoints: readonly CheckpointEntry[],
  logId: string,
  read: ReadPart,
  staging: StagingDirectory,
  onUnusable: (object: string, error: RingwalError) => void,
): Promise<string[]> {
  const kept: CheckpointEntry[] = []
  for (const entry of checkpoints) {
    const isEnough = kept.filter(({ label }) => label === entry.label).length === CHECKPOINTS_KEPT
    if (isEnough || kept.some(({ lsn }) => lsn === entry.lsn)) continue
    const name = checkpointName(entry.lsn)
    try {
      await staging.fill(name, (file) => writeAll(ports, file, read(entry)))
      requireOwn(ports, staging.path, entry, logId)
      kept.push(entry)
    } catch (error) {
      staging.drop(name)
      if (unusableObject(error) !== entry.name) throw error
      onUnusable(entry.name, error as RingwalError)
    }
  }
  return kept.map(({ lsn }) => checkpointName(lsn))
}

async function writeAll({ fs }: RestorePorts, file: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let at = 0
  for await (const piece of pieces) {
    fs.write(file, piece, 0, piece.length, at)
    at += piece.length
  }
}

/** A snapshot of another log, or another LSN, would be believed by whoever replays this one. */
function requireOwn(ports: CheckpointReadPorts, dir: string, { name, lsn }: CheckpointEntry, logId: string): void {
  const file = checkpointName(lsn)
  const whose = logIdOf(ports, { lsn, name: file, path: join(dir, file) }, name)
  if (whose === logId) return
  throw new RingwalError('ERR_RINGWAL_DAMAGED', `${name}: it is a checkpoint of log ${whose}`, { object: name })
}

function logIdOf(ports: CheckpointReadPorts, file: CheckpointFile, object: string): string {
  try {
    return verifyCheckpoint(ports, file).logId
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code === 'ERR_RINGWAL_IO') throw error
    throw new RingwalError(error.code, `${object}: ${error.message}`, { object }, error)
  }
}

/**
 * Reads all of a log that was put together, and holds it against what it is to be.
 * @throws ERR_RINGWAL_DAMAGED
 */
export function requireWhole(ports: RestorePorts, dir: string, firstLsn: number, lastLsn: number): void {
  const listing = listSegments(ports.fs, dir, ports.checker)
  const report = reportOf(listing, surveyListing(ports, listing))
  const isEmpty = lastLsn < firstLsn
  const [first, last] = isEmpty ? [0, 0] : [firstLsn, lastLsn]
  if (report.ok && report.tornTail === null && report.firstLsn === first && report.lastLsn === last) return
  const why = report.ok
    ? `it holds LSN ${report.firstLsn} to ${report.lastLsn}`
    : `${report.damage.length} places of damage`
  const message = `the restored log does not verify: ${why}, where LSN ${first} to ${last} was to be`
  throw new RingwalError('ERR_RINGWAL_DAMAGED', message, { dir })
}
