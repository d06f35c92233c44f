/*
 * A checkpoint's file: a header of 128 bytes, then the snapshot as it is. Little-endian.
 *
 *   file     0 ┌──────────────┐            0 magic 89 52 57 43 4B 0D 0A 1A
 *              │ header       │            8 version u16      10 header bytes u16     12 flags u32
 *          128 ├──────────────┤           16 log id, 16 bytes
 *              │ snapshot     │           32 LSN u64: every record up to it is in the snapshot, none behind it
 *              └──────────────┘           40 created u64, ns since the Unix epoch
 *                                         48 snapshot bytes u64
 *                                         56 XXH64, seed 0, of the snapshot u64
 *                                         64 label bytes u8
 *                                         65 label, up to 55 bytes of UTF-8, then zeros
 *                                        120 check u64: XXH64, seed 0, of bytes 0 … 119
 */

/** 89 "RWCK" 0D 0A 1A. */
export const CHECKPOINT_MAGIC: readonly number[] = [0x89, 0x52, 0x57, 0x43, 0x4b, 0x0d, 0x0a, 0x1a]
export const CHECKPOINT_VERSION = 1
export const CHECKPOINT_HEADER_BYTES = 128

export const CHECKPOINT_VERSION_AT = 8
export const CHECKPOINT_SIZE_AT = 10
export const CHECKPOINT_FLAGS_AT = 12
export const CHECKPOINT_LOG_ID_AT = 16
export const CHECKPOINT_LSN_AT = 32
export const CHECKPOINT_CREATED_AT = 40
export const CHECKPOINT_BYTES_AT = 48
export const CHECKPOINT_DIGEST_AT = 56
export const CHECKPOINT_LABEL_AT = 64
export const CHECKPOINT_LABEL_MAX = 55
export const CHECKPOINT_CHECK_AT = 120
