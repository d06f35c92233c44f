import type { Limits } from './retention-options.ts'

/** A segment, as far as it matters for how long it is kept. */
export interface KeptSegment {
  readonly number: number
  /** Of its file. */
  readonly bytes: number
  /** What its header says; undefined for one whose header is lost: nothing up to it is retired. */
  readonly header: { readonly firstLsn: number; readonly createdMs: number } | undefined
}

/** All that a plan is made from. */
export interface Holdings {
  /** Oldest first; the last is the one that is written. */
  readonly segments: readonly KeptSegment[]
  /** Bytes of files for segments to come, those counted that the log is about to make. */
  readonly waitingBytes: number
  /** The first LSN that somebody needs; Infinity if nobody does. */
  readonly neededLsn: number
  readonly durableLsn: number
  readonly nowMs: number
}

export type LimitName = 'maxBytes' | 'maxSegments' | 'maxAgeMs'

export interface RetentionPlan {
  /** First LSN of the log as it is to be; 0 if nothing is to go. */
  readonly cutLsn: number
  /** The limit that stays exceeded because of what somebody needs; the first of several. */
  readonly held: LimitName | undefined
}

const LIMIT_NAMES: readonly LimitName[] = ['maxBytes', 'maxSegments', 'maxAgeMs']

/** How many of the oldest segments have to go, by each limit, and how many may. */
export function planRetention(limits: Limits, holdings: Holdings): RetentionPlan {
  const { segments, neededLsn, durableLsn } = holdings
  const surplus = {
    maxBytes: overBytes(limits.maxBytes, holdings),
    maxSegments: Math.max(0, segments.length - (limits.maxSegments ?? segments.length)),
    maxAgeMs: overAge(limits.maxAgeMs, holdings),
  }
  const isUnlimited = LIMIT_NAMES.every((name) => limits[name] === undefined)
  const wanted = isUnlimited ? segments.length : Math.max(...Object.values(surplus))
  const free = leavable(segments, durableLsn)
  const count = Math.min(wanted, leavable(segments, Math.min(durableLsn, neededLsn)))
  const held = LIMIT_NAMES.find((name) => Math.min(surplus[name], free) > count)
  return { cutLsn: count === 0 ? 0 : segments[count]!.header!.firstLsn, held }
}

/** How many of the oldest can go so that the log begins at or below an LSN, with a segment that tells where it begins. */
function leavable(segments: readonly KeptSegment[], lsn: number): number {
  const lost = segments.findIndex(({ header }, i) => i > 0 && header === undefined)
  const known = lost < 0 ? segments : segments.slice(0, lost)
  return Math.max(
    0,
    known.findLastIndex(({ header }) => header !== undefined && header.firstLsn <= lsn),
  )
}

/** A segment that goes gives its bytes back, or becomes one of the files that wait, which are counted already. */
function overBytes(maxBytes: number | undefined, { segments, waitingBytes }: Holdings): number {
  if (maxBytes === undefined) return 0
  let excess = segments.reduce((sum, { bytes }) => sum + bytes, waitingBytes) - maxBytes
  let count = 0
  for (; count < segments.length && excess > 0; count++) excess -= segments[count]!.bytes
  return count
}

/** All records of a segment had been written when the next one was begun. */
function overAge(maxAgeMs: number | undefined, { segments, nowMs }: Holdings): number {
  if (maxAgeMs === undefined) return 0
  return (
    segments.slice(1).findLastIndex(({ header }) => header !== undefined && nowMs - header.createdMs > maxAgeMs) + 1
  )
}
