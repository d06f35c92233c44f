/*
 * The log's words in the ring's user area: how its threads tell one another where things stand. Offsets in bytes from
 * `ring.userAt`; each group has a 64-byte line of its own.
 *
 *      0  state (STATE_…)                      4  failure: 0 none, 1 being written, 2 written
 *     64  durable LSN u64                     128  event counter, moved by every change that somebody may wait for
 *    192  somebody waits for an event (0, 1)  256  flush: low 32 bits of the LSN up to which a sync is asked for
 *    320  spares: segment the steward works on  324  highest segment made  328  highest segment taken  332  errno
 *    336  the steward is at a sync of the directory (0, 1)  340  the writer is
 *    376  clock f64: wall-clock ms while the writer is at work, 0 while it sleeps or syncs
 *    384  counts, f64: records, batches, syncs, bytes written, ms in sync, longest sync ms, segments, marks, and of segments:
 *         recycled, retired, spare files, bytes of all files
 *    512  failure text: length u32, then JSON of an ErrorRecord
 *   4096  for each of 64 spares, by number modulo 64, the recycled file it is: number of the segment it was u64, salt u64;
 *         number 0 = none, it is a file filled with zeros
 *   5120  syncs, f64, by how long they took: up to each of SYNC_BOUNDS_MS, and longer
 *   5248  waits for room in the ring, of all producers: how many u64, and how long together in microseconds u64
 *   5312  what old segments are kept for: LSN up to which the log is archived u64, the lowest LSN that a hold keeps u64 (0 none),
 *         first LSN of the log as whoever retires segments is about to leave it u64, whether there is an archive u64 (0, 1)
 */
export const STATE_AT = 0
export const FAILURE_AT = 4
export const DURABLE_AT = 64
export const EVENT_AT = 128
export const WAITERS_AT = 192
export const FLUSH_AT = 256
export const SPARE_BUSY_AT = 320
export const SPARE_MADE_AT = 324
export const SPARE_TAKEN_AT = 328
export const SPARE_ERRNO_AT = 332
export const NAMING_AT = { steward: 336, writer: 340 } as const
export const CLOCK_AT = 376
export const COUNTS_AT = 384
export const FAILURE_TEXT_AT = 512
export const FAILURE_TEXT_BYTES = 3584
export const RECYCLED_AT = 4096
/** As many as there can be spares: WalOptions.spareSegments. */
export const RECYCLED_SLOTS = 64
export const SYNC_TIMES_AT: number = RECYCLED_AT + RECYCLED_SLOTS * 16
export const WAITS_AT: number = SYNC_TIMES_AT + 128
export const NEEDS_AT: number = WAITS_AT + 64

/** Bytes of user area that the log asks the ring for. */
export const CONTROL_BYTES: number = NEEDS_AT + 64
/** Bytes before the consumer's place that stay the writer's own: room for one mark at the head of a batch. */
export const RING_MARGIN_BYTES = 64

/** The most bytes of frames that one append can put into a ring of `ringBytes`; see RingMemory.claimMax. */
export function largestClaim(ringBytes: number): number {
  return ((ringBytes - RING_MARGIN_BYTES) >>> 4) * 8 - 8
}

export const STATE_OPEN = 1
/** No more records; the writer drains the ring, syncs and seals. */
export const STATE_CLOSING = 2
export const STATE_CLOSED = 3
export const STATE_POISONED = 4
/** Never had a writer: opened to be read only, or under observation. */
export const STATE_READ_ONLY = 5
export const STATE_OBSERVING = 6
