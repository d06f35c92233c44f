import {
  type ByteSource,
  createKernelMemory,
  type FrameFields,
  type FrameMemory,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_RECORD,
  writeFrame,
} from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

/** A frame to be, with its payload. */
export interface FrameSpec extends FrameFields {
  readonly payload?: Uint8Array
}

export const SALT: bigint = 0xfeed_face_1234_5678n
export const PAYLOAD_MAX = 1 << 16

const scratch: FrameMemory = createKernelMemory(1 << 20)

/** The bytes of one sealed frame. Each is sealed by itself, so any sequence of LSNs can be built. */
export function frameOf(spec: FrameSpec, salt: bigint = SALT): Uint8Array {
  const payload = spec.payload ?? new Uint8Array(0)
  const { bytes, view, dataAt, kernel } = scratch
  const to = dataAt + frameBytes(payload.length)
  bytes.fill(0, dataAt, to)
  writeFrame(view, dataAt, { ...spec, length: payload.length })
  bytes.set(payload, dataAt + 40)
  if (kernel.seal(dataAt, to, salt, BigInt(spec.lsn)) === 0n) throw new Error('this frame can not be sealed')
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
