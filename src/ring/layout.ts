/*
 * The ring in its shared memory. Addresses are bytes from the start of the memory; every word that one thread writes
 * and another spins on has a 64-byte line of its own.
 *
 *      0  config: magic, capacity, user bytes, margin (written once)
 *     64  tail u64: position u32 | sequence u32 << 32       claims move it, by compare-and-swap
 *    128  head u32: position behind which space is free      the consumer moves it
 *    192  consumed u64: next sequence that the consumer will take, as of its last release
 *    256  consumer parked (0 or 1)                          260  consumer dozing (0 or 1): a publish does not wake it
 *    320  a producer waits for space (0 or 1)                324  counts the wake-ups of those who wait
 *    384  closed: not 0 once no claim may succeed            388  owners revoked and not yet reaped
 *    448  what stopped the last collect                      452  the slot at which it stopped
 *   4096  64 owner blocks of 64 bytes: state u32, count u32, sequence u64
 *   8192  user area: for whoever embeds the ring
 *      …  slots: one u32 for every 32 bytes of ring
 *      …  margin (one page, free for the consumer), then the ring itself, page-aligned, capacity bytes
 *
 * Positions count units of 8 bytes, run freely and wrap at 2^32. A claim is at least 32 bytes (but for padding), so
 * that no two claims of a lap start in the same slot.
 *
 * A slot tells about the claim that starts there:
 *
 *   31     30         29   28 … 23  22 … 0
 *   used   published  pad  owner    units         used = 0: free, and bits 0 … 30 hold the lap that freed it
 *
 * The lap in a free slot makes a compare-and-swap from an old view of it fail.
 *
 * The state of an owner block is free, alive or dead in the low two bits, and how often the place was given back above
 * them, so that who still holds the number of an earlier owner can not touch the present one.
 *
 * Literals only: the file is TypeScript and AssemblyScript at once.
 */

export const MAGIC_AT = 0
export const CAPACITY_AT = 4
export const USER_BYTES_AT = 8
export const MARGIN_AT = 12
export const TAIL_AT = 64
export const HEAD_AT = 128
export const CONSUMED_AT = 192
export const PARKED_AT = 256
export const DOZING_AT = 260
export const SPACE_WAITERS_AT = 320
export const SPACE_WAKES_AT = 324
export const CLOSED_AT = 384
export const REVOKED_AT = 388
export const STOP_AT = 448
export const STOP_SLOT_AT = 452
export const BLOCKS_AT = 4096
export const USER_AT = 8192

export const OWNERS_MAX = 64
export const BLOCK_BYTES = 64
export const BLOCK_STATE_AT = 0
export const BLOCK_COUNT_AT = 4
export const BLOCK_SEQUENCE_AT = 8

export const OWNER_FREE = 0
export const OWNER_ALIVE = 1
export const OWNER_DEAD = 2
export const OWNER_STATE_MASK = 3
export const OWNER_GENERATION_SHIFT = 2
export const OWNER_PLACE_MASK = 63
export const OWNER_PLACE_BITS = 6
export const GENERATION_MASK = 0xffffff

export const SLOT_USED = 0x80000000
export const SLOT_PUBLISHED = 0x40000000
export const SLOT_PAD = 0x20000000
export const SLOT_OWNER_SHIFT = 23
export const SLOT_OWNER_MASK = 63
export const SLOT_UNITS_MASK = 0x7fffff
export const SLOT_LAP_MASK = 0x7fffffff

/** Why a collect ended. */
export const STOP_EMPTY = 0
export const STOP_LIMIT = 1
export const STOP_WRAP = 2
export const STOP_CLAIMED = 3

export const UNIT_SHIFT = 3
export const UNITS_PER_SLOT_SHIFT = 2
