import type { WalkStart } from '../read/segment-walk.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { LostRange, LostSummary } from './lost-ranges.ts'
import type { Flip } from './own-frames.ts'

/** A segment, and where its frames begin if that is not behind the header page. */
export interface CopySource {
  readonly segment: StoredSegment
  readonly start?: WalkStart
}

/** One segment of the repaired log, and what it is made of. Plain data, for other threads. */
export interface CopyTask extends CopySource {
  /** Further files of the very same segment, from which comes what is lost in the first. */
  readonly copies: readonly CopySource[]
  /** Path of the file to be made; undefined to only tell. */
  readonly target: string | undefined
  /** The LSNs that the new segment stands for: from the one behind the segment before, up to `to`, `from` - 1 if none. */
  readonly from: number
  readonly to: number
  /** Why LSNs before the source's first, and behind its last, are lost. */
  readonly missingBefore: LostRange['class']
  readonly missingBehind: LostRange['class']
  /** Records up to this LSN are proven to have been durable. */
  readonly provenTo: number
  /** Bits of the source to be turned back, by rising offset, each in a frame of its own. */
  readonly flips: readonly Flip[]
  /** Whether it is the log's last: then an end frame closes it. */
  readonly isLast: boolean
}

/** What became of it. Plain data. */
export interface CopyResult {
  /** Records written; of these, such as had a bit turned back, and such as came from a further copy. */
  readonly records: number
  readonly restored: number
  readonly filled: number
  /** Records left out because their LSN was there already. */
  readonly duplicates: number
  readonly lost: LostSummary
  /** Places of the source that do not verify. */
  readonly places: number
  /** Bytes of the file, and the check of its last frame, 0n if it has none. */
  readonly end: number
  readonly lastCheck: bigint
  /** Payload bytes that its header must allow. */
  readonly longestPayload: number
  /** Times of the first and the last record: nanoseconds since the Unix epoch. */
  readonly firstTime: bigint | undefined
  readonly lastTime: bigint | undefined
}
