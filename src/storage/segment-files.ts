import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  type Checker,
  decodeHeaderPage,
  HEADER_PAGE_BYTES,
  type HeaderPage,
  parseSegmentName,
} from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import { type HeaderDamage, headerDamage } from './header-damage.ts'
import { isIoError } from './io-error.ts'
import { type SegmentProblem, segmentProblem } from './segment-problem.ts'

/** A regular file under a segment's name, and what its header page says. */
export interface SegmentCandidate {
  readonly number: number
  readonly name: string
  readonly path: string
  readonly size: number
  readonly page: HeaderPage
  /** What is wrong with the page, where the header can be read all the same. */
  readonly damage: readonly HeaderDamage[]
  /** What the operating system said where the page can not be read; the frames behind it may be readable. */
  readonly readError: string | undefined
}

/** What is known of a file by its header page. */
export type ReadPage = Pick<SegmentCandidate, 'page' | 'damage' | 'readError'>

/**
 * The files of a directory that have a segment's name, by number. Whatever else stands under such a name is a problem.
 * @throws ERR_RINGWAL_NOT_FOUND if there is no such directory; ERR_RINGWAL_FORMAT for a version this release does not read
 */
export function readCandidates(
  fs: FileSystem,
  dir: string,
  checker: Checker,
  problems: SegmentProblem[],
): SegmentCandidate[] {
  const kind = fs.statPath(dir)?.kind
  if (kind === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log at ${dir}`, { dir })
  if (kind !== 'directory') throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `${dir} is not a directory`, { dir })
  let names = segmentNames(fs, dir)
  for (let attempt = 1; ; attempt++) {
    const found: SegmentProblem[] = []
    const candidates = readFiles(fs, dir, names, checker, found)
    const after = segmentNames(fs, dir)
    if (attempt === ATTEMPTS_MAX || isSameLog(names, after)) {
      problems.push(...found.reverse())
      return candidates
    }
    names = after
  }
}

/**
 * Whether what was read under `names` is a log at one moment. A live one may have retired some since, and written a new segment
 * into the file of one; or begun one in a file that got its name only then, and after it one in a file that had been there.
 */
function isSameLog(names: readonly string[], after: readonly string[]): boolean {
  const last = names.at(-1) ?? ''
  const upTo = after.filter((name) => name <= last)
  return upTo.length === names.length && names.every((name, i) => upTo[i] === name)
}

/** Nobody retires so fast that a listing finds it has happened again, so often. */
const ATTEMPTS_MAX = 100

function segmentNames(fs: FileSystem, dir: string): string[] {
  return fs
    .list(dir)
    .filter((name) => parseSegmentName(name) !== undefined)
    .sort()
}

/** The last first: so of two that are begun meanwhile, the later is not seen to be without the earlier. */
function readFiles(
  fs: FileSystem,
  dir: string,
  names: readonly string[],
  checker: Checker,
  problems: SegmentProblem[],
): SegmentCandidate[] {
  const candidates: SegmentCandidate[] = []
  for (const name of names.toReversed()) {
    const number = parseSegmentName(name)!
    const path = join(dir, name)
    const stat = fs.statPath(path)
    if (stat === undefined) continue
    if (stat.kind === 'file') {
      const read = readHeaderPage(fs, path, name, checker, problems)
      if (read !== undefined) candidates.push({ number, name, path, size: stat.size, ...read })
    } else {
      problems.push(segmentProblem('not-a-file', name, `a ${stat.kind} stands in a segment's place`))
    }
  }
  return candidates.reverse()
}

/** @returns undefined if the file is gone, or can not be opened: then it is a problem */
export function readHeaderPage(
  fs: FileSystem,
  path: string,
  name: string,
  checker: Checker,
  problems: SegmentProblem[],
): ReadPage | undefined {
  try {
    const file = fs.open(path, 'read')
    try {
      return readPage(fs, file, checker)
    } finally {
      fs.close(file)
    }
  } catch (error) {
    // A live log takes its unused files away when it closes.
    if (isIoError(error, 'ENOENT')) return undefined
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_IO') throw error
    problems.push(segmentProblem('unreadable', name, error.message))
    return undefined
  }
}

function readPage(fs: FileSystem, file: number, checker: Checker): ReadPage {
  const bytes = new Uint8Array(HEADER_PAGE_BYTES)
  try {
    fs.read(file, bytes, 0, HEADER_PAGE_BYTES, 0)
  } catch (error) {
    if (!isIoError(error, 'EIO')) throw error
    const page: HeaderPage = { header: undefined, copyA: 'bad', copyB: 'bad', restIsZero: false }
    return { page, damage: [], readError: error.message }
  }
  const page = decodeHeaderPage(bytes, checker)
  return { page, damage: headerDamage(bytes, page, checker), readError: undefined }
}

/** Nothing was ever written here: both copies zero, and the rest of the page. */
export function isBlank(page: HeaderPage): boolean {
  return page.copyA === 'zeros' && page.copyB === 'zeros' && page.restIsZero
}

/** Bytes behind a blank header page that are looked at: a segment's first frame stands right there. */
const PROBE_BYTES = 1 << 16
const CHUNK_BYTES = 1 << 20

/** What stands behind the header page. @returns undefined if the file is gone by now */
export function bytesBehind(
  fs: FileSystem,
  { path, page, size }: Pick<SegmentCandidate, 'path' | 'page' | 'size'>,
): 'zeros' | 'bytes' | undefined {
  const end = isBlank(page) ? Math.min(size, HEADER_PAGE_BYTES + PROBE_BYTES) : size
  try {
    const file = fs.open(path, 'read')
    try {
      const chunk = Buffer.alloc(Math.max(0, Math.min(CHUNK_BYTES, end - HEADER_PAGE_BYTES)))
      const zeros = Buffer.alloc(chunk.length)
      for (let at = HEADER_PAGE_BYTES; at < end; at += chunk.length) {
        const got = fs.read(file, chunk, 0, Math.min(chunk.length, end - at), at)
        if (chunk.compare(zeros, 0, got, 0, got) !== 0) return 'bytes'
      }
      return 'zeros'
    } finally {
      fs.close(file)
    }
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return undefined
    // What can not be read may be a record.
    if (isIoError(error, 'EIO')) return 'bytes'
    throw error
  }
}
