import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  createChecker,
  decodeHeaderPage,
  HEADER_PAGE_BYTES,
  type HeaderPage,
  parseSegmentName,
} from '../../src/format/index.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { bytesBehind, isBlank } from '../../src/storage/segment-files.ts'
import { verifyLog } from '../../src/verify/verify-log.ts'
import { segmentNames } from './log-path.ts'

/** `sealed`: it has a successor; `last`: the newest; `spare`: made ahead, empty; `damaged`: its header can not be read. */
export type SegmentState = 'sealed' | 'last' | 'spare' | 'damaged'

/** A segment as its own header, and its successor's, tell of it. LSNs are 0 where there is none or it is not known. */
export interface SegmentFacts {
  readonly number: number
  readonly name: string
  readonly state: SegmentState
  readonly firstLsn: number
  readonly lastLsn: number
  /** Length of the file. */
  readonly bytes: number
  /** Nanoseconds since the Unix epoch; undefined where there is no header. */
  readonly created: bigint | undefined
  readonly epoch: number
}

/** What a look at a log's directory tells. All but the last segment is told by headers alone. */
export interface LogFacts {
  /** 32 hexadecimal digits; empty where no header can be read. */
  readonly logId: string
  /** Rises with each opening for writing. */
  readonly epoch: number
  readonly firstLsn: number
  readonly lastLsn: number
  /** Highest LSN that the files prove durable. */
  readonly durableLsn: number
  /** Length of all segment files, and the disk space that all files of the directory take. */
  readonly bytes: number
  readonly bytesOnDisk: number
  readonly segments: readonly SegmentFacts[]
}

interface File {
  readonly name: string
  readonly bytes: number
  readonly page: HeaderPage
  /** Nothing was ever written to it. */
  readonly isSpare: boolean
}

/** @throws ERR_RINGWAL_FORMAT; an error of the system where a file can not be read */
export async function gatherFacts(dir: string): Promise<LogFacts> {
  const files = await readHeaders(dir)
  const newest = files.findLast(({ page }) => page.header !== undefined)
  const end = newest === undefined ? { lastLsn: 0, durableLsn: 0 } : await verifyLog(join(dir, newest.name))
  const segments = files.map((file, i) => segmentFacts(file, files[i + 1], file === newest ? end.lastLsn : undefined))
  const header = newest?.page.header
  const lastLsn = Math.max(end.lastLsn, header?.previous.lastLsn ?? 0)
  return {
    logId: header?.logId ?? '',
    epoch: header?.epoch ?? 0,
    firstLsn: lastLsn === 0 ? 0 : (files.find(({ page }) => page.header)?.page.header?.firstLsn ?? 0),
    lastLsn,
    durableLsn: end.durableLsn,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesOnDisk: sizeOnDisk(dir),
    segments,
  }
}

/** @param ownLastLsn of the newest segment, which no successor tells of */
function segmentFacts(
  { name, bytes, page, isSpare }: File,
  next: File | undefined,
  ownLastLsn: number | undefined,
): SegmentFacts {
  const number = parseSegmentName(name) ?? 0
  const { header } = page
  if (header === undefined) {
    const state = isSpare ? 'spare' : 'damaged'
    return { number, name, state, firstLsn: 0, lastLsn: 0, bytes, created: undefined, epoch: 0 }
  }
  const { created, epoch, firstLsn } = header
  const facts = { number, name, state: ownLastLsn === undefined ? 'sealed' : 'last', bytes, created, epoch } as const
  // What the header after a gap says is not about this segment.
  const isNext = next !== undefined && parseSegmentName(next.name) === number + 1
  const lastLsn = ownLastLsn ?? (isNext ? next.page.header?.previous.lastLsn : undefined)
  if (lastLsn === undefined) return { ...facts, firstLsn, lastLsn: 0 }
  // A segment without records has a first LSN in its header all the same.
  return lastLsn < firstLsn ? { ...facts, firstLsn: 0, lastLsn: 0 } : { ...facts, firstLsn, lastLsn }
}

async function readHeaders(dir: string): Promise<readonly File[]> {
  const checker = await createChecker()
  return segmentNames(dir).map((name) => {
    const path = join(dir, name)
    const stat = nodeFileSystem.statPath(path)
    const page = new Uint8Array(HEADER_PAGE_BYTES)
    // A directory, link or FIFO in a segment's place is no segment; to open it could lead anywhere, or wait for ever.
    page[0] = stat?.kind === 'file' ? 0 : 1
    if (stat?.kind === 'file') readPage(path, page)
    const file = { name, path, size: stat?.size ?? 0, page: decodeHeaderPage(page, checker) }
    const isSpare = isBlank(file.page) && bytesBehind(nodeFileSystem, file) === 'zeros'
    return { name, bytes: file.size, page: file.page, isSpare }
  })
}

function readPage(path: string, page: Uint8Array): void {
  const file = nodeFileSystem.open(path, 'read')
  try {
    nodeFileSystem.read(file, page, 0, page.length, 0)
  } finally {
    nodeFileSystem.close(file)
  }
}

/** A file may go while it is looked at: a live writer removes and renames. */
function sizeOnDisk(dir: string): number {
  const sizes = readdirSync(dir).map((name) => lstatSync(join(dir, name), { throwIfNoEntry: false })?.blocks ?? 0)
  return sizes.reduce((sum, blocks) => sum + blocks * 512, 0)
}
