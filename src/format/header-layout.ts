/*
 * The header page of a segment: 4096 bytes that hold two identical copies of the header, each with its own check, and
 * zeros. Little-endian.
 *
 *   page      0 ┌──────────────┐      copy   0 magic 89 52 57 41 4C 0D 0A 1A
 *               │ copy A, 128  │             8 version u16      10 header bytes u16     12 flags u32
 *           128 ├──────────────┤            16 log id, 16 bytes
 *               │ zeros        │            32 segment number u64
 *          2048 ├──────────────┤            40 first LSN u64
 *               │ copy B, 128  │            48 salt u64
 *          2176 ├──────────────┤            56 created u64, ns since the Unix epoch
 *               │ zeros        │            64 writer epoch u64
 *          4096 └──────────────┘            72 previous segment: last LSN u64
 *                 frames …                  80 previous segment: end offset u64
 *                                           88 previous segment: check of its last frame u64
 *                                           96 codec settings u32      100 longest payload u32
 *                                          104 recycled from salt u64, 0 if the file was filled with zeros
 *                                          112 zero u64
 *                                          120 check u64: XXH64, seed 0, of bytes 0 … 119
 */

/** 89 "RWAL" 0D 0A 1A: a high bit, line ends of both kinds and a DOS end of file, so that a text-mode copy shows (as PNG does). */
export const MAGIC: readonly number[] = [0x89, 0x52, 0x57, 0x41, 0x4c, 0x0d, 0x0a, 0x1a]
export const FORMAT_VERSION = 1

export const HEADER_PAGE_BYTES = 4096
export const HEADER_BYTES = 128
export const HEADER_COPY_B_AT = 2048

export const HEADER_VERSION_AT = 8
export const HEADER_SIZE_AT = 10
export const HEADER_FLAGS_AT = 12
export const HEADER_LOG_ID_AT = 16
export const HEADER_NUMBER_AT = 32
export const HEADER_FIRST_LSN_AT = 40
export const HEADER_SALT_AT = 48
export const HEADER_CREATED_AT = 56
export const HEADER_EPOCH_AT = 64
export const HEADER_PREVIOUS_LSN_AT = 72
export const HEADER_PREVIOUS_END_AT = 80
export const HEADER_PREVIOUS_CHECK_AT = 88
export const HEADER_CODEC_AT = 96
export const HEADER_PAYLOAD_MAX_AT = 100
export const HEADER_RECYCLED_SALT_AT = 104
export const HEADER_ZERO_AT = 112
export const HEADER_CHECK_AT = 120

/** Bit of the codec settings: 64-bit integers of MessagePack are bigints. */
export const CODEC_SETTING_BIGINT64 = 1
