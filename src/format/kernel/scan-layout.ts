/*
 * What the kernel's `scan` reads and writes, at an address that the caller chooses (a multiple of 8).
 *
 *   0 stop u32 (SCAN_…)      4 next u32, where it stopped    8 records u32            12 whole u32, see below
 *  16 LSN u64, in and out   24 LSN limit u64, in            32 mark u64, in and out
 *  40 exact u32, in and out 44 open u32, in and out         48 whole LSN u64         56 whole check u64
 *
 * `LSN` is the lowest that the next record may carry, 1 or more; where `exact` is 1, it must carry precisely this one.
 * No LSN is higher than `LSN limit`. `mark` is the highest LSN that a sync mark or end frame proved durable. `open` is 1
 * while the last record said that its atomic batch goes on. `whole`, `whole LSN` and `whole check` are the address,
 * lowest next LSN and check behind the last frame outside an open batch: what stands between `whole` and
 * `next` is a batch whose end has not been seen. They are written only where there is such a frame.
 * Literals only: the file is TypeScript and AssemblyScript at once.
 */

export const SCAN_STOP_AT = 0
export const SCAN_NEXT_AT = 4
export const SCAN_RECORDS_AT = 8
export const SCAN_WHOLE_AT = 12
export const SCAN_LSN_AT = 16
export const SCAN_LSN_MAX_AT = 24
export const SCAN_MARK_AT = 32
export const SCAN_EXACT_AT = 40
export const SCAN_OPEN_AT = 44
export const SCAN_WHOLE_LSN_AT = 48
export const SCAN_WHOLE_CHECK_AT = 56
export const SCAN_STATE_BYTES = 64

/** The next frame, or its header, reaches past the bytes given. */
export const SCAN_MORE = 0
/** A frame header of zeros: nothing was ever written here. */
export const SCAN_ZEROS = 1
/** Bytes that are no frame of this segment. */
export const SCAN_BAD = 2
/** An end-of-segment frame was read; `next` is behind it. */
export const SCAN_END = 3
/** A frame that verifies and shows that records are missing before it; `next` is its address. */
export const SCAN_GAP = 4
/** A frame that verifies, of a kind or with flags that this version does not know and may not skip. */
export const SCAN_UNKNOWN = 5
/** A frame that verifies but can not stand here, because its LSN is too low, above the limit, or no range. */
export const SCAN_STRAY = 6

/** `find` stops hashing long candidates once it has hashed this many times the bytes it was given, all for nothing. */
export const FIND_PATIENCE = 16
