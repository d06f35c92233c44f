/*
 * The frame, byte by byte. Little-endian; every frame starts on a multiple of 8.
 *
 *   0        8       12   13    14     16        24         32      36      40
 *   +--------+--------+----+-----+------+---------+----------+-------+-------+---------···--+--···--+
 *   | check  | length |kind|flags| type | lsn     | time     | key   | tag   | payload      | zeros |
 *   | u64    | u32    | u8 | u8  | u16  | u64     | u64      | u32   | u32   | length bytes | to 8  |
 *   +--------+--------+----+-----+------+---------+----------+-------+-------+---------···--+--···--+
 *            |<------------------- covered by check: XXH64, seed 0, XOR the segment's salt -------->|
 *
 * The tag is the low half of the salt. A search for the next frame looks at it first, so that a payload full of things
 * that look like headers, by chance or by malice, does not have each of them hashed: who writes records knows no salt.
 *
 * This file is the one place of these numbers. It is TypeScript and AssemblyScript at once (the kernel imports it),
 * so it holds nothing but literals.
 */

export const FRAME_CHECK_AT = 0
export const FRAME_LENGTH_AT = 8
export const FRAME_KIND_AT = 12
export const FRAME_FLAGS_AT = 13
export const FRAME_TYPE_AT = 14
export const FRAME_LSN_AT = 16
export const FRAME_TIME_AT = 24
export const FRAME_KEY_AT = 32
export const FRAME_TAG_AT = 36
/** Bytes before the payload. */
export const FRAME_HEADER_BYTES = 40

/** An application's record; takes one LSN. */
export const KIND_RECORD = 1
/** The writer's note of the highest LSN known durable when it was written, in `lsn`. */
export const KIND_SYNC_MARK = 2
/** Fills space that nothing else can use. */
export const KIND_PADDING = 3
/** Nothing follows in this segment; `lsn` is the segment's last one, durable when this frame was written. */
export const KIND_END = 4
/**
 * Stands for records that will never come: LSN `lsn` to the u64 in the payload (only `lsn` where the payload is
 * empty). `type` tells why: TOMBSTONE_ABANDONED or TOMBSTONE_LOST.
 */
export const KIND_TOMBSTONE = 5
/** A reader that does not know a kind with this bit set may skip the frame; without it, it must stop. */
export const KIND_SKIPPABLE_BIT = 0x80
/** A note on the record that follows, whose LSN it carries. `type` tells what: NOTE_RESTORED. */
export const KIND_NOTE = 0x80

/** The next record belongs to the same atomic batch. */
export const FLAG_CONTINUES_BATCH = 0x01
/** Two bits that say how the payload is encoded: one of the CODEC_ values, shifted. */
export const FLAG_CODEC_SHIFT = 1
export const FLAG_CODEC_MASK = 0x06
/** Flag bits that version 1 gives no meaning; they are zero. */
export const FLAG_UNKNOWN_MASK = 0xf8

/** Bytes of the application's own. */
export const CODEC_BYTES = 0
/** One MessagePack value. */
export const CODEC_MSGPACK = 1

/** A producer thread died between claiming these LSNs and publishing its records. */
export const TOMBSTONE_ABANDONED = 1
/** A repair found these records unreadable. */
export const TOMBSTONE_LOST = 2

/** A repair flipped one bit of the record back. The payload tells which, as it stood: file offset u64, bit (0 to 7) u32. */
export const NOTE_RESTORED = 1
/** Payload bytes of such a note. */
export const NOTE_RESTORED_BYTES = 12

/** No payload is longer, whatever a header says: 64 MiB less the frame's own header. */
export const FRAME_PAYLOAD_LIMIT = 67108824
