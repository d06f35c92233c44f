import { type ByteSource, decodeHeaderPage, HEADER_PAGE_BYTES, segmentName } from '../format/index.ts'
import { framesUpTo, type LimitedEnd, type RecordLimit } from '../read/frames-up-to.ts'
import type { ReadPorts } from '../read/log-view.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { PartEntry } from './manifest.ts'
import type { ReadPart } from './restore-files.ts'

/** A last segment up to this size is looked through in memory: four times the usual one. */
const LOOKED_THROUGH_BYTES = 256 << 20

/**
 * Reads all that a restore would need, and writes nothing.
 * @returns where the log would end; undefined if its last segment is too long to tell
 */
export async function tryLog(
  ports: ReadPorts,
  parts: readonly PartEntry[],
  read: ReadPart,
  limit: RecordLimit,
): Promise<LimitedEnd | undefined> {
  const last = parts.at(-1)!
  const isShort = last.to <= LOOKED_THROUGH_BYTES
  const pieces: Uint8Array[] = []
  for (const part of parts) {
    for await (const piece of read(part)) if (isShort && part.segment === last.segment) pieces.push(piece)
  }
  const bytes = Buffer.concat(pieces)
  const segment = isShort ? segmentOf(ports, bytes, last.segment) : undefined
  return segment && framesUpTo(ports, memorySource(bytes), segment, limit)
}

/** Undefined if the header page does not verify: a restore then fails at its validation. */
function segmentOf({ checker }: ReadPorts, bytes: Uint8Array, number: number): StoredSegment | undefined {
  const page = decodeHeaderPage(bytes.subarray(0, HEADER_PAGE_BYTES), checker)
  if (page.header === undefined) return undefined
  const { header } = page
  const file = { number, name: segmentName(number), path: '', size: bytes.length, header, page, headerDamage: [] }
  const end = { isLast: true, end: bytes.length, lsnMax: undefined, lastLsn: undefined, lastCheck: undefined }
  return { ...file, ...end, headerFrom: 'page' }
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    read(into, at, length, position) {
      const piece = bytes.subarray(position, position + length)
      into.set(piece, at)
      return piece.length
    },
  }
}
