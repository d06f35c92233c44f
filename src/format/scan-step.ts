/** Where a segment's bytes come from. */
export interface ByteSource {
  /** Reads into `into` from index `at`; @returns the count, fewer than `length` only at the end. */
  read(into: Uint8Array, at: number, length: number, position: number): number
}

export interface ScanSettings {
  readonly salt: bigint
  readonly payloadMax: number
  /** Offset of the first frame, or of any place from which to look for one; a multiple of 8. */
  readonly start?: number
  /** Offset behind the last byte that may belong to the segment. */
  readonly end: number
  /** LSN that the first record must carry; 0 if any will do. */
  readonly expected: number
  /** Check of the frame before `start`, where the frames up to there have been read by somebody else. */
  readonly lastCheck?: bigint
  /** No record of the segment has a higher LSN. */
  readonly lsnMax?: number
}

/** Frames that verified, one behind the other, in the scanner's memory until the next step. */
export interface FrameRun {
  readonly kind: 'run'
  /** Address of the first frame in `memory`, and behind the last. */
  readonly from: number
  readonly to: number
  /** File offset of the first frame. */
  readonly offset: number
  readonly records: number
}

/**
 * Bytes that are no frame of this segment, or a place where LSNs are missing.
 * `check`: a frame does not verify; `length`: its length can not be; `cut`: it reaches past the end; `zeros`: zeros with
 * something behind them; `stray`: a frame that verifies but whose LSN can not stand here, such as an old sector come
 * back; `gap`: nothing is bad but that LSNs are missing, and `bytes` is 0.
 */
export interface BadRegion {
  readonly kind: 'bad'
  readonly offset: number
  readonly bytes: number
  readonly reason: 'check' | 'length' | 'cut' | 'zeros' | 'stray' | 'gap'
  /** LSN that should have come next; 0 if unknown. */
  readonly expected: number
  /** Lowest LSN that can be missing here. */
  readonly lowest: number
  /** What the header there says, believed by nobody: its LSN and the bytes that its frame would take; 0 if cut short. */
  readonly statedLsn: number
  readonly statedBytes: number
  /** Whether it carries the segment's tag, as every frame of this segment does, and one of the file's former life does not. */
  readonly tagged: boolean
  /** The check that the frame there carries, and the one that its bytes have; undefined where no whole frame can stand. */
  readonly checks: { readonly carried: bigint; readonly computed: bigint } | undefined
  /** Whether a frame that verifies follows; if not, the region reaches to `end` of the settings. */
  readonly resumed: boolean
}

/** The segment's end. `sealed`: by an end frame; `zeros`: nothing but zeros follows; `limit`: at the end of the bytes. */
export interface ScanEnd {
  readonly kind: 'end'
  readonly reason: 'sealed' | 'zeros' | 'limit'
  readonly offset: number
}

export type ScanStep = FrameRun | BadRegion | ScanEnd
