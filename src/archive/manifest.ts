import type { Encoding, ObjectKind } from './archive-names.ts'
import { encodeLines } from './checked-lines.ts'

/** An object of a backup, as its manifest tells of it. */
interface ArchivedObject {
  readonly name: string
  readonly kind: ObjectKind
  readonly encoding: Encoding
  /** Of the bytes as they are stored. 64 hexadecimal digits. */
  readonly sha256: string
  readonly storedBytes: number
  /** Unpacked. */
  readonly bytes: number
}

/**
 * Bytes of a segment's file, from one offset to before another. A `segment` is one from its header page to its end, where the
 * next one goes on; an `increment` a part of one.
 */
export interface PartEntry extends ArchivedObject {
  readonly kind: 'segment' | 'increment'
  readonly segment: number
  readonly from: number
  readonly to: number
  /** The LSNs that it stands for; `lastLsn` is `firstLsn` - 1 if there are none. */
  readonly firstLsn: number
  readonly lastLsn: number
  /** The lowest and the highest time of its records, nanoseconds since the Unix epoch; null if it has none. */
  readonly timeMin: bigint | null
  readonly timeMax: bigint | null
}

export interface CheckpointEntry extends ArchivedObject {
  readonly kind: 'checkpoint'
  readonly lsn: number
  readonly label: string
}

/** Where a backup ends in the log, and the next one goes on. */
export interface Place {
  readonly segment: number
  /** Offset behind the last frame, and that LSN. */
  readonly offset: number
  readonly lsn: number
  /** Offset of the last frame, and its check; where there is none, 0 and the segment's salt. It tells one history from another. */
  readonly frame: number
  readonly check: bigint
}

/** What a backup consists of. */
export interface Manifest {
  readonly id: string
  readonly sequence: number
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number
  readonly logId: string
  /** A full one begins with all that the log had; an incremental one where another ended. */
  readonly kind: 'full' | 'incremental'
  /** The backup before it, whatever its kind, and the SHA-256 of all bytes of its manifest. */
  readonly previous: { readonly id: string; readonly sha256: string } | null
  readonly start: Place | null
  readonly end: Place
  readonly parts: readonly PartEntry[]
  readonly checkpoints: readonly CheckpointEntry[]
  /** LSNs of the checkpoints that the log had, and that are in this backup or in those that it builds upon. */
  readonly storedCheckpoints: readonly number[]
}

export const MANIFEST_FORMAT = 'ringwal-archive'
export const MANIFEST_VERSION = 1

export function encodeManifest(manifest: Manifest): Uint8Array {
  const body = { format: MANIFEST_FORMAT, version: MANIFEST_VERSION, ...manifest }
  const line = JSON.stringify(body, (key, value) => {
    if (typeof value !== 'bigint') return value
    return key === 'check' ? value.toString(16).padStart(16, '0') : String(value)
  })
  return encodeLines(line)
}

/** LSNs that a backup itself holds: `last` is `first` - 1 if there are none. */
export function lsnsOf({ parts, end }: Manifest): { readonly first: number; readonly last: number } {
  return { first: parts[0]?.firstLsn ?? end.lsn + 1, last: end.lsn }
}

export function isSamePlace(one: Place | null, other: Place): boolean {
  return (
    one !== null &&
    one.segment === other.segment &&
    one.offset === other.offset &&
    one.lsn === other.lsn &&
    one.frame === other.frame &&
    one.check === other.check
  )
}

/** The lowest and the highest time of a backup's own records. */
export function timesOf({ parts }: Pick<Manifest, 'parts'>): {
  readonly min: bigint | null
  readonly max: bigint | null
} {
  let min: bigint | null = null
  let max: bigint | null = null
  for (const { timeMin, timeMax } of parts) {
    if (timeMin !== null && (min === null || timeMin < min)) min = timeMin
    if (timeMax !== null && (max === null || timeMax > max)) max = timeMax
  }
  return { min, max }
}
