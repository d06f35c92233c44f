/**
 * The header of an entry, 40 bytes, little-endian: magic u32 at 0, version u32 at 4, sequence u64 at 8, time u64 (ns) at 16,
 * type u8 at 24, 3 zeros, payload size u32 at 28, checksum of the payload u32 at 32, 4 bytes of anything: the original wrote
 * a structure of its memory, and its compiler put them there. Nothing of it is covered by the checksum.
 */
export const HEADER_BYTES = 40
export const ENTRY_MAGIC = 0x57414c45
export const ENTRY_VERSION = 1

export interface EntryHeader {
  readonly magic: number
  readonly version: number
  readonly sequence: bigint
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint
  readonly type: number
  /** The three bytes behind the type, which are zeros in every header that was written. */
  readonly reserved: number
  readonly payloadBytes: number
  readonly checksum: number
}

/** @param at index of the header in `view`, which holds all of it */
export function readEntryHeader(view: DataView, at: number): EntryHeader {
  const typeWord = view.getUint32(at + 24, true)
  return {
    magic: view.getUint32(at, true),
    version: view.getUint32(at + 4, true),
    sequence: view.getBigUint64(at + 8, true),
    time: view.getBigUint64(at + 16, true),
    type: typeWord & 0xff,
    reserved: typeWord >>> 8,
    payloadBytes: view.getUint32(at + 28, true),
    checksum: view.getUint32(at + 32, true),
  }
}
