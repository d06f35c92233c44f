import {
  FRAME_HEADER_BYTES,
  FRAME_LENGTH_AT,
  FRAME_TAG_AT,
  FRAME_TYPE_AT,
  KIND_TOMBSTONE,
  TOMBSTONE_LOST,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import type { CopySource } from './copy-task.ts'
import { FrameCursor } from './frame-cursor.ts'

export interface Overlap {
  /** LSNs under which both files have the same. */
  readonly same: number
  /** The first LSN under which they have not; 0 if there is none. */
  readonly conflict: number
}

/**
 * Holds what two files have under the same LSNs against one another. Salt, and with it check and tag, may differ. What one of
 * them tells to be lost is no contradiction.
 */
export function compareFiles(fs: FileSystem, one: CopySource, other: CopySource): Overlap {
  const a = new FrameCursor(fs, one)
  try {
    const b = new FrameCursor(fs, other)
    try {
      return compare(a, b)
    } finally {
      b.close()
    }
  } finally {
    a.close()
  }
}

function compare(a: FrameCursor, b: FrameCursor): Overlap {
  let same = 0
  let isGoing = a.next() && b.next()
  while (isGoing) {
    if (a.last < b.lsn || isLoss(a)) isGoing = a.next()
    else if (b.last < a.lsn || isLoss(b)) isGoing = b.next()
    else if (!areEqual(a, b)) return { same, conflict: Math.max(a.lsn, b.lsn) }
    else {
      same += a.last - a.lsn + 1
      isGoing = a.next() && b.next()
    }
  }
  return { same, conflict: 0 }
}

/** Whether a frame only tells that records are lost. */
export function isLoss({ kind, memory, at }: FrameCursor): boolean {
  return kind === KIND_TOMBSTONE && memory.view.getUint16(at + FRAME_TYPE_AT, true) === TOMBSTONE_LOST
}

function areEqual(a: FrameCursor, b: FrameCursor): boolean {
  return arePartsEqual(a, b, FRAME_LENGTH_AT, FRAME_TAG_AT) && arePartsEqual(a, b, FRAME_HEADER_BYTES, a.size)
}

function arePartsEqual(a: FrameCursor, b: FrameCursor, from: number, to: number): boolean {
  const part = ({ memory, at }: FrameCursor): Uint8Array => memory.bytes.subarray(at + from, at + to)
  return Buffer.compare(part(a), part(b)) === 0
}
