/**
 * CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320), as both binary formats carry it.
 *
 * Most records are shorter than a call into zlib costs: those are computed here, eight bytes at a time.
 * Source: Kounavis and Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005.
 */
import { crc32 as zlibCrc32 } from 'node:zlib'

/** From this many bytes on zlib, which computes with vector instructions, is faster in spite of the call. */
const ZLIB_BYTES = 256
const POLYNOMIAL = 0xedb88320
const TABLES: Int32Array = makeTables()

/**
 * The checksum of `bytes` from `start` to `end` (exclusive), 0 to 2^32 − 1.
 * @param before checksum of what comes before them, to go on from there
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before = 0): number {
  if (end - start >= ZLIB_BYTES) return zlibCrc32(bytes.subarray(start, end), before)
  let crc = ~before
  let at = start
  for (; at + 8 <= end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      TABLES[1792 + (crc & 255)]! ^
      TABLES[1536 + ((crc >>> 8) & 255)]! ^
      TABLES[1280 + ((crc >>> 16) & 255)]! ^
      TABLES[1024 + (crc >>> 24)]! ^
      TABLES[768 + bytes[at + 4]!]! ^
      TABLES[512 + bytes[at + 5]!]! ^
      TABLES[256 + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = TABLES[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Table k holds, for each byte, what it does to the checksum when k bytes follow it. */
function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    tables[byte] = crc
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!
    tables[at] = tables[before & 255]! ^ (before >>> 8)
  }
  return tables
}
