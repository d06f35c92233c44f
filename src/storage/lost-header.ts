import {
  type Checker,
  decodeHeaderPage,
  FRAME_PAYLOAD_LIMIT,
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  inferSalt,
  type SegmentHeader,
} from '../format/index.ts'
import type { FileSystem } from './file-system.ts'
import { isIoError } from './io-error.ts'
import type { SegmentCandidate } from './segment-files.ts'

/** What a segment whose header is lost takes over from the others of its log. */
export interface HeaderKin {
  readonly logId: string
  readonly epoch: number
  readonly codecSettings: number
  readonly payloadMax: number
}

export interface InferredHeader {
  readonly header: SegmentHeader
  /** `bit`: the page's own, with one bit flipped back. */
  readonly from: 'bit' | 'frames'
}

/** Of a log in which no header is left. */
const NO_KIN: HeaderKin = {
  logId: '0'.repeat(32),
  epoch: 0,
  codecSettings: 0,
  payloadMax: FRAME_PAYLOAD_LIMIT,
}

/**
 * A header for a segment without a good copy: the page itself where one bit is all that is wrong with it, else what frames,
 * name and the other segments tell. @returns undefined if no frame tells a salt
 */
export function inferHeader(
  fs: FileSystem,
  candidate: SegmentCandidate,
  kin: HeaderKin | undefined,
  checker: Checker,
): InferredHeader | undefined {
  try {
    const file = fs.open(candidate.path, 'read')
    try {
      const restored = restoreHeader(fs, file, candidate, checker)
      if (restored !== undefined) return { header: restored, from: 'bit' }
      const header = headerOfFrames(fs, file, candidate, kin ?? NO_KIN)
      return header === undefined ? undefined : { header, from: 'frames' }
    } finally {
      fs.close(file)
    }
  } catch (error) {
    if (isIoError(error, 'ENOENT', 'EIO')) return undefined
    throw error
  }
}

/** By flipping one bit back; never where the two copies would then tell two things. */
function restoreHeader(
  fs: FileSystem,
  file: number,
  { damage }: SegmentCandidate,
  checker: Checker,
): SegmentHeader | undefined {
  const page = new Uint8Array(HEADER_PAGE_BYTES)
  fs.read(file, page, 0, HEADER_PAGE_BYTES, 0)
  for (const { singleBit } of damage) {
    if (singleBit !== null && isInCopy(singleBit.offset)) page[singleBit.offset]! ^= 1 << singleBit.bit
  }
  return decodeHeaderPage(page, checker).header
}

function isInCopy(offset: number): boolean {
  return offset < HEADER_BYTES || (offset >= HEADER_COPY_B_AT && offset < HEADER_COPY_B_AT + HEADER_BYTES)
}

function headerOfFrames(
  fs: FileSystem,
  file: number,
  { number, size }: SegmentCandidate,
  kin: HeaderKin,
): SegmentHeader | undefined {
  const source = {
    read: (into: Uint8Array, at: number, length: number, position: number) => fs.read(file, into, at, length, position),
  }
  const found = inferSalt(source, size, { payloadMax: kin.payloadMax })
  if (found === undefined) return undefined
  const { logId, epoch, codecSettings, payloadMax } = kin
  return {
    logId,
    epoch,
    codecSettings,
    payloadMax,
    number,
    firstLsn: Math.max(1, found.lsn),
    salt: found.salt,
    created: 0n,
    previous: { lastLsn: 0, endOffset: 0, lastCheck: 0n },
    recycledSalt: 0n,
  }
}
