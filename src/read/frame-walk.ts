import {
  FLAG_CONTINUES_BATCH,
  FRAME_CHECK_AT,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_TIME_AT,
  type FrameRun,
  frameBytes,
  KIND_END,
  KIND_RECORD,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  readLsn,
} from '../format/index.ts'

/* Steps over frames in memory that have verified. Numbers in, numbers out: a segment holds millions of frames. */

/** Bytes of the frame at `at`. */
export function sizeOfFrame(view: DataView, at: number): number {
  return frameBytes(view.getUint32(at + FRAME_LENGTH_AT, true))
}

export function kindOfFrame(view: DataView, at: number): number {
  return view.getUint8(at + FRAME_KIND_AT)
}

export function takesLsn(kind: number): boolean {
  return kind === KIND_RECORD || kind === KIND_TOMBSTONE
}

/** The last LSN that a record or tombstone stands for. It verified and fits, so that it is no more than 2^53 - 1. */
export function lastLsnOf(view: DataView, at: number): number {
  const hasRange = kindOfFrame(view, at) === KIND_TOMBSTONE && view.getUint32(at + FRAME_LENGTH_AT, true) >= 8
  return hasRange ? Number(view.getBigUint64(at + FRAME_HEADER_BYTES, true)) : readLsn(view, at)
}

export function continuesBatch(view: DataView, at: number): boolean {
  return (view.getUint8(at + FRAME_FLAGS_AT) & FLAG_CONTINUES_BATCH) !== 0
}

export function checkOfFrame(view: DataView, at: number): bigint {
  return view.getBigUint64(at + FRAME_CHECK_AT, true)
}

/** Address of the frame between `from` and `to` in which address `inside` lies. */
export function frameAround(view: DataView, from: number, inside: number): number {
  let at = from
  for (let next = at + sizeOfFrame(view, at); next <= inside; next = at + sizeOfFrame(view, at)) at = next
  return at
}

/** Time of the first record between two addresses, or of the last; undefined if there is none. */
export function timeOfRecord(view: DataView, from: number, to: number, which: 'first' | 'last'): bigint | undefined {
  let time: bigint | undefined
  for (let at = from; at < to; at += sizeOfFrame(view, at)) {
    if (kindOfFrame(view, at) !== KIND_RECORD) continue
    time = view.getBigUint64(at + FRAME_TIME_AT, true)
    if (which === 'first') break
  }
  return time
}

/** What the frames between two addresses tell of the LSNs before them. */
export interface Ahead {
  /** `lsn`: a record or tombstone is among them; `end`: only the end frame tells; `marks`: only sync marks do, or nothing. */
  readonly kind: 'lsn' | 'end' | 'marks'
  /** The last LSN that must have stood before the first that tells. */
  readonly before: number
}

/** Looks no further than the first record or tombstone. */
export function lookAhead(view: DataView, from: number, to: number): Ahead {
  let before = 0
  for (let at = from; at < to; at += sizeOfFrame(view, at)) {
    const kind = kindOfFrame(view, at)
    if (takesLsn(kind)) return { kind: 'lsn', before: readLsn(view, at) - 1 }
    if (kind === KIND_END) return { kind: 'end', before: readLsn(view, at) }
    if (kind === KIND_SYNC_MARK) before = Math.max(before, readLsn(view, at))
  }
  return { kind: 'marks', before }
}

/** Whether a run has a record or tombstone. */
export function hasLsns(view: DataView, { from, to }: FrameRun): boolean {
  return lookAhead(view, from, to).kind === 'lsn'
}
