import {
  type ByteSource,
  createKernelMemory,
  type FrameFields,
  type FrameMemory,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_PADDING,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
  TOMBSTONE_ABANDONED,
  TOMBSTONE_LOST,
  writeFrame,
} from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

/** A frame to be, with its payload. */
export interface FrameSpec extends FrameFields {
  readonly payload?: Uint8Array
}

export const SALT: bigint = 0xfeed_face_1234_5678n
export const PAYLOAD_MAX: number = 1 << 16

const scratch: FrameMemory = createKernelMemory((1 << 22) + 64)

/** The bytes of one sealed frame. Each is sealed by itself, so any sequence of LSNs can be built. */
export function frameOf(spec: FrameSpec, salt: bigint = SALT): Uint8Array {
  const payload = spec.payload ?? new Uint8Array(0)
  const { bytes, view, dataAt, kernel } = scratch
  const to = dataAt + frameBytes(payload.length)
  bytes.fill(0, dataAt, to)
  writeFrame(view, dataAt, { ...spec, length: payload.length })
  bytes.set(payload, dataAt + 40)
  kernel.seal(dataAt, to, salt, BigInt(spec.lsn))
  return bytes.slice(dataAt, to)
}

export function framesOf(specs: readonly FrameSpec[], salt: bigint = SALT): Uint8Array {
  return joined(...specs.map((spec) => frameOf(spec, salt)))
}

/** A segment file: an empty header page, which the scanner never looks at, and then these bytes. */
export function segmentOf(...parts: readonly Uint8Array[]): Uint8Array {
  return joined(new Uint8Array(HEADER_PAGE_BYTES), ...parts)
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Records with LSN `from` to `to`, random payloads of random small sizes, 0 included. */
export function someRecords(from: number, to: number, seed = 1, payloadMax = 60): FrameSpec[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    kind: KIND_RECORD,
    lsn: from + i,
    type: random.below(65536),
    time: BigInt(random.uint32()) * 1_000_000_007n,
    key: random.uint32(),
    payload: random.bytes(random.chance(0.2) ? 0 : random.below(payloadMax + 1)),
  }))
}

export function byteSource(file: Uint8Array): ByteSource {
  return {
    read(into, at, length, position) {
      const part = file.subarray(position, Math.min(position + length, file.length))
      into.set(part, at)
      return part.length
    },
  }
}

/** The u64 payload of a tombstone. */
export function u64Payload(value: number | bigint): Uint8Array {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)
}

/** Forty frames of every kind but the end frame, as a log might hold them, with LSNs 1 to 38. */
export function mixedFrames(): FrameSpec[] {
  const records = someRecords(1, 34)
  return [
    ...records.slice(0, 7),
    { kind: KIND_SYNC_MARK, lsn: 5, time: 77n },
    ...records.slice(7, 12).map((record) => ({ ...record, continuesBatch: record.lsn < 12 })),
    { kind: KIND_PADDING, lsn: 0, payload: new Uint8Array(16) },
    ...records.slice(12, 30),
    { kind: KIND_TOMBSTONE, lsn: 31, type: TOMBSTONE_LOST, payload: u64Payload(33) },
    { kind: KIND_SKIPPABLE_BIT | 9, lsn: 0, payload: Uint8Array.of(1, 2, 3) },
    { kind: KIND_TOMBSTONE, lsn: 34, type: TOMBSTONE_ABANDONED },
    { kind: KIND_SYNC_MARK, lsn: 33, time: 78n },
    ...records.slice(30).map((record, i) => ({ ...record, lsn: 35 + i })),
  ]
}

/** Where each frame stands in a segment that holds these, and how many bytes it takes. */
export function placesOf(specs: readonly FrameSpec[]): { offset: number; bytes: number }[] {
  let offset = HEADER_PAGE_BYTES
  return specs.map(({ payload }) => {
    const bytes = frameBytes(payload?.length ?? 0)
    offset += bytes
    return { offset: offset - bytes, bytes }
  })
}
