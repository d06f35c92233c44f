/** Partition files as the stream broker wrote them. */
import { crc32 } from 'node:zlib'

export interface WrittenRecord {
  readonly timestamp: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array
}

/** A record behind its size field, the checksum right whatever the sizes say. */
export function bodyOf(fields: Uint8Array): Buffer<ArrayBuffer> {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(fields))
  return Buffer.concat([checksum, fields])
}

/** What a record's checksum covers. */
export function fieldsOf({ timestamp, key, value }: WrittenRecord): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(12)
  head.writeBigUInt64LE(timestamp, 0)
  head.writeUInt32LE(key?.length ?? 0, 8)
  const valueSize = Buffer.alloc(4)
  valueSize.writeUInt32LE(value.length)
  return Buffer.concat([head, key ?? new Uint8Array(0), valueSize, value])
}

/** A body with its size field before it, or another size. */
export function sized(body: Uint8Array, size: number = body.length): Buffer<ArrayBuffer> {
  const field = Buffer.alloc(4)
  field.writeUInt32LE(size)
  return Buffer.concat([field, body])
}

export function recordBytes(record: WrittenRecord): Buffer<ArrayBuffer> {
  return sized(bodyOf(fieldsOf(record)))
}
