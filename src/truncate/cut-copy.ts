import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { encodeHeaderPage, HEADER_PAGE_BYTES } from '../format/index.ts'
import { framesUpTo } from '../read/frames-up-to.ts'
import { type ReadPorts, withFile } from '../read/log-view.ts'
import { END_OF_TIME } from '../read/record-filter.ts'
import { fileSource } from '../read/segment-walk.ts'
import { OwnFrames } from '../repair/own-frames.ts'
import { listSegments, type StoredSegment } from '../storage/segment-directory.ts'
import { cutName } from './cut-name.ts'

/** Where a log is to end. */
export interface Cut {
  readonly lsn: number
  /** Of the writer that asks for it, not below that of any segment: whatever is begun behind the cut has a higher one. */
  readonly epoch: number
}

/** Bytes copied at a time. */
const PIECE_BYTES = 1 << 20

/**
 * Writes the segment that holds an LSN anew, up to that LSN and with an end frame behind it, and puts it beside the log, durably. It
 * keeps the salt, and so the checks that the first writer computed; its epoch is the cut's, so that the next one is above all that
 * ever were, though the segments that had them are gone.
 * @param cut with an `lsn` that the log has
 * @throws ERR_RINGWAL_SEGMENTS, ERR_RINGWAL_DAMAGED where the log is not whole up to there; ERR_RINGWAL_INPUT if the log can not end there,
 *   as an atomic batch goes on; ERR_RINGWAL_IO. Then nothing was changed
 */
export function writeCutCopy(ports: ReadPorts, dir: string, { lsn, epoch }: Cut): void {
  const { fs, checker } = ports
  const { segments, problems } = listSegments(fs, dir, checker)
  const segment = segments.findLast(({ header }) => header.firstLsn <= lsn)
  const [problem] = problems
  if (problem !== undefined || segment?.headerFrom !== 'page')
    throw notWhole(dir, problem?.message ?? 'a header is lost')
  const end = endWithin(ports, segment, lsn)
  const name = cutName(segment.number)
  const unfinished = join(dir, `.${name}.unfinished`)
  if (fs.statPath(unfinished) !== undefined) fs.remove(unfinished)
  const copy = fs.open(unfinished, 'create')
  try {
    const page = encodeHeaderPage({ ...segment.header, epoch, recycledSalt: 0n }, checker)
    fs.write(copy, page, 0, page.length, 0)
    copyFrames(ports, segment, copy, end)
    const last = new OwnFrames(segment.header.salt, checker).end(lsn)
    fs.write(copy, last, 0, last.length, end)
    fs.syncAll(copy)
  } finally {
    fs.close(copy)
  }
  fs.rename(unfinished, join(dir, name))
  fs.syncDirectory(dir)
}

/** @returns the offset behind the frame of `lsn` */
function endWithin(ports: ReadPorts, segment: StoredSegment, lsn: number): number {
  const { fs } = ports
  const limit = { lsn, time: END_OF_TIME }
  const end = withFile(fs, segment.path, (file) => framesUpTo(ports, fileSource(fs, file), segment, limit))
  if (end.lsn === lsn) return end.offset
  if (end.overLsn === 0 && !end.cutsBatch) throw notWhole(segment.path, `it holds no LSN ${lsn} that verifies`)
  const message = `the log can not end at LSN ${lsn}, as what was appended with it goes on behind it; it can at LSN ${end.lsn}`
  throw new RingwalError('ERR_RINGWAL_INPUT', message, { lsn, endLsn: end.lsn })
}

function copyFrames({ fs }: ReadPorts, segment: StoredSegment, copy: number, end: number): void {
  const bytes = new Uint8Array(PIECE_BYTES)
  withFile(fs, segment.path, (file) => {
    for (let at = HEADER_PAGE_BYTES; at < end; ) {
      const got = fs.read(file, bytes, 0, Math.min(bytes.length, end - at), at)
      if (got === 0) throw notWhole(segment.path, 'it became shorter while it was read')
      fs.write(copy, bytes, 0, got, at)
      at += got
    }
  })
}

function notWhole(path: string, what: string): RingwalError {
  const message = `${path} is not whole: ${what}; a log is cut only where it is; run: ringwal verify`
  return new RingwalError('ERR_RINGWAL_DAMAGED', message, { file: path })
}
