import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  type Checker,
  decodeHeaderPage,
  HEADER_PAGE_BYTES,
  type HeaderPage,
  parseSegmentName,
  type SegmentHeader,
} from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import { isIoError } from './io-error.ts'

/** A segment whose header is good. */
export interface StoredSegment {
  readonly number: number
  readonly name: string
  readonly path: string
  /** Bytes of the file. */
  readonly size: number
  readonly header: SegmentHeader
  readonly page: HeaderPage
  /** Offset behind its last byte that counts, as its successor's header says; `size` for the last segment. */
  readonly end: number
  /** Its last LSN, as its successor's header says; undefined for the last segment. */
  readonly lastLsn: number | undefined
  /** Check of its last frame, as its successor's header says; undefined for the last segment. */
  readonly lastCheck: bigint | undefined
}

/** A file in a segment's place that holds no segment: made ahead, or left by a crash. */
export interface Leftover {
  readonly name: string
  readonly path: string
  readonly size: number
  /** Whether its header page is all zeros: then nothing in it was ever acknowledged. */
  readonly isBlank: boolean
}

/** Why the files of a directory do not form one whole log (rules R8 and R9). */
export interface SegmentProblem {
  readonly class:
    | 'segment-header'
    | 'missing-segment'
    | 'duplicate-segment'
    | 'foreign'
    | 'gap'
    | 'truncated'
    | 'not-a-file'
    | 'unreadable'
  readonly file: string
  readonly offset: number
  readonly message: string
  /** LSNs that it costs, where that is known; 0 otherwise. */
  readonly lostFrom: number
  readonly lostTo: number
}

export interface SegmentListing {
  readonly segments: readonly StoredSegment[]
  readonly leftovers: readonly Leftover[]
  readonly problems: readonly SegmentProblem[]
}

interface Candidate {
  readonly number: number
  readonly name: string
  readonly path: string
  readonly size: number
  readonly page: HeaderPage
}

/**
 * Reads the names and header pages of a log's directory and holds them against one another.
 * @throws ERR_RINGWAL_NOT_FOUND if there is no such directory; ERR_RINGWAL_FORMAT for a version this release does not read.
 */
export function listSegments(fs: FileSystem, dir: string, checker: Checker): SegmentListing {
  const problems: SegmentProblem[] = []
  const candidates = readCandidates(fs, dir, checker, problems)
  const leftovers: Leftover[] = []
  const good: (Candidate & { header: SegmentHeader })[] = []
  const lastGood = candidates.findLastIndex(({ page, size }) => page.header !== undefined && size >= HEADER_PAGE_BYTES)
  for (const [i, candidate] of candidates.entries()) {
    const { name, path, size } = candidate
    const isBehind = i > lastGood
    const isUnstarted = isBehind && hasNoFrames(fs, candidate)
    if (isUnstarted === undefined) continue
    if (isUnstarted) {
      leftovers.push({ name, path, size, isBlank: isBlank(candidate.page) })
      continue
    }
    // A live writer may have begun the segment since its page was read.
    const page = isBehind ? readPage(fs, path, checker, problems) : candidate.page
    if (page?.header !== undefined) good.push({ ...candidate, page, header: page.header })
    else if (page !== undefined) problems.push(problem('segment-header', name, 'no copy of the header verifies'))
  }
  return { segments: link(good, problems), leftovers, problems }
}

function readCandidates(fs: FileSystem, dir: string, checker: Checker, problems: SegmentProblem[]): Candidate[] {
  const kind = fs.statPath(dir)?.kind
  if (kind === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log at ${dir}`, { dir })
  if (kind !== 'directory') throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  const candidates: Candidate[] = []
  for (const name of fs.list(dir).sort()) {
    const number = parseSegmentName(name)
    if (number === undefined) continue
    const path = join(dir, name)
    const stat = fs.statPath(path)
    if (stat === undefined) continue
    if (stat.kind === 'file') {
      const page = readPage(fs, path, checker, problems)
      if (page !== undefined) candidates.push({ number, name, path, size: stat.size, page })
    } else {
      problems.push(problem('not-a-file', name, `a ${stat.kind} stands in a segment's place`))
    }
  }
  return candidates
}

function readPage(fs: FileSystem, path: string, checker: Checker, problems: SegmentProblem[]): HeaderPage | undefined {
  const bytes = new Uint8Array(HEADER_PAGE_BYTES)
  try {
    const file = fs.open(path, 'read')
    try {
      fs.read(file, bytes, 0, HEADER_PAGE_BYTES, 0)
    } finally {
      fs.close(file)
    }
    return decodeHeaderPage(bytes, checker)
  } catch (error) {
    // A live log takes its unused files away when it closes.
    if (isIoError(error, 'ENOENT')) return undefined
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_IO') throw error
    problems.push(problem('unreadable', path.slice(path.lastIndexOf('/') + 1), error.message))
    return undefined
  }
}

/** Nothing was ever written here: both copies zero, and the rest of the page. */
function isBlank(page: HeaderPage): boolean {
  return page.copyA === 'zeros' && page.copyB === 'zeros' && page.restIsZero
}

/** Bytes behind a blank header page that are looked at: a segment's first frame stands right there. */
const PROBE_BYTES = 1 << 16
const CHUNK_BYTES = 1 << 20

/**
 * Whether nothing stands behind the header page, so that its writer died before it was durable: no frame is written
 * before that. Undefined if the file is gone by now.
 */
function hasNoFrames(fs: FileSystem, { path, page, size }: Candidate): boolean | undefined {
  const end = isBlank(page) ? Math.min(size, HEADER_PAGE_BYTES + PROBE_BYTES) : size
  try {
    const file = fs.open(path, 'read')
    try {
      const chunk = Buffer.alloc(Math.max(0, Math.min(CHUNK_BYTES, end - HEADER_PAGE_BYTES)))
      const zeros = Buffer.alloc(chunk.length)
      for (let at = HEADER_PAGE_BYTES; at < end; at += chunk.length) {
        const got = fs.read(file, chunk, 0, Math.min(chunk.length, end - at), at)
        if (chunk.compare(zeros, 0, got, 0, got) !== 0) return false
      }
      return true
    } finally {
      fs.close(file)
    }
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Holds each header against its name and its predecessor. */
function link(good: readonly (Candidate & { header: SegmentHeader })[], problems: SegmentProblem[]): StoredSegment[] {
  const logId = good.at(-1)?.header.logId
  const segments: StoredSegment[] = []
  const own = good.filter(({ name, number, header }) => {
    if (header.logId !== logId)
      problems.push(problem('foreign', name, `it belongs to log ${header.logId}, not ${logId}`))
    else if (header.number !== number)
      problems.push(problem('duplicate-segment', name, `its header says segment ${header.number}`))
    else return true
    return false
  })
  own.forEach(({ name, path, size, header, number, page }, i) => {
    const next = own[i + 1]
    const follows = next !== undefined && next.number === number + 1
    if (next !== undefined) checkNext(header, name, size, next.header, problems)
    segments.push({
      number,
      name,
      path,
      size,
      header,
      page,
      end: follows ? Math.min(next.header.previous.endOffset, size) : size,
      lastLsn: follows ? next.header.previous.lastLsn : undefined,
      lastCheck: follows ? next.header.previous.lastCheck : undefined,
    })
  })
  return segments
}

function checkNext(
  header: SegmentHeader,
  name: string,
  size: number,
  next: SegmentHeader,
  problems: SegmentProblem[],
): void {
  const { lastLsn, endOffset } = next.previous
  if (next.number !== header.number + 1) {
    const missing = `segments ${header.number + 1} to ${next.number - 1} are missing behind it`
    problems.push({ ...problem('missing-segment', name, missing), lostTo: next.firstLsn - 1 })
  } else if (next.firstLsn !== lastLsn + 1 || lastLsn < header.firstLsn - 1) {
    const message = `it starts at LSN ${header.firstLsn} and its successor at ${next.firstLsn}, after ${lastLsn}`
    problems.push(problem('gap', name, message))
  } else if (endOffset > size) {
    const message = `${size} bytes are left of the ${endOffset} that its successor's header tells of`
    problems.push({ ...problem('truncated', name, message), offset: size, lostTo: lastLsn })
  }
}

function problem(kind: SegmentProblem['class'], file: string, message: string): SegmentProblem {
  return { class: kind, file, offset: 0, message, lostFrom: 0, lostTo: 0 }
}
