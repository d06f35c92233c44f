import fc from 'fast-check'
import {
  createChecker,
  createKernelMemory,
  createReferenceMemory,
  type FrameMemory,
  frameBytes,
} from '../../src/format/index.ts'
import { SCAN_STATE_BYTES } from '../../src/format/kernel/scan-layout.ts'

/** The same bytes under the WebAssembly kernel and under the reference. */
export interface TwinKernels {
  readonly wasm: FrameMemory
  readonly plain: FrameMemory
  /** Puts the same bytes at `dataAt` of both, and the same in their state. */
  load(bytes: Uint8Array, state: Uint8Array): void
}

export async function createTwins(capacity: number): Promise<TwinKernels> {
  const wasm = createKernelMemory(capacity)
  const plain = await createReferenceMemory(capacity)
  return {
    wasm,
    plain,
    load(bytes, state) {
      for (const memory of [wasm, plain]) {
        memory.bytes.set(bytes, memory.dataAt)
        memory.bytes.set(state, memory.stateAt)
      }
    },
  }
}

export function stateOf(memory: FrameMemory): Uint8Array {
  return memory.bytes.slice(memory.stateAt, memory.stateAt + SCAN_STATE_BYTES)
}

/** A frame of any sort, fit or unfit to stand where it does. */
export interface AnyFrame {
  readonly kind: number
  readonly flags: number
  /** Added to the LSN that would be right. */
  readonly lsnStep: bigint
  readonly payload: Uint8Array
  /** What is XORed into the salt: 0 for a frame of this segment. */
  readonly foreign: bigint
  /** Whether the tag is wrong though the check holds. */
  readonly untagged: boolean
  /** For a tombstone: how many LSNs its range says it covers; may be none. */
  readonly range: number
}

/** What is done to the bytes of a sequence afterwards. */
export interface Harm {
  readonly kind: 'flip' | 'zero' | 'noise'
  readonly at: number
  readonly length: number
}

const mostly = <T>(usual: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: others })

export const anyFrame: fc.Arbitrary<AnyFrame> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant(1) },
    { weight: 8, arbitrary: fc.constantFrom(2, 3, 5) },
    { weight: 2, arbitrary: fc.constantFrom(0, 4, 4, 6, 0x7f, 0x80, 0xff) },
  ),
  flags: mostly(0, fc.oneof(fc.constantFrom(1, 2, 3), fc.integer({ min: 0, max: 255 }))),
  lsnStep: mostly(0n, fc.constantFrom(1n, -1n, -2n, 7n, 1n << 32n, 1n << 53n, (1n << 64n) - 1n)),
  payload: fc.uint8Array({ maxLength: 90 }),
  foreign: mostly(0n, fc.constantFrom(1n, 1n << 32n, 0x1234_5678_9abc_def0n)),
  untagged: mostly(false, fc.constant(true)),
  range: mostly(1, fc.integer({ min: 0, max: 5 })),
})

export const anyHarm: fc.Arbitrary<Harm> = fc.record({
  kind: fc.constantFrom('flip', 'zero', 'noise'),
  at: fc.nat(4095),
  length: fc.integer({ min: 1, max: 80 }),
})

const checker = await createChecker()

/** Writes the frames one behind the other, sealed without either kernel. */
export function writeAnyFrames(frames: readonly AnyFrame[], salt: bigint, firstLsn: bigint): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, { payload }) => sum + frameBytes(payload.length), 0))
  let at = 0
  let lsn = firstLsn
  for (const frame of frames) {
    const size = frameBytes(frame.payload.length)
    const own = BigInt.asUintN(64, (frame.kind === 2 || frame.kind === 4 ? lsn - 1n : lsn) + frame.lsnStep)
    writeAnyFrame(bytes.subarray(at, at + size), frame, salt ^ frame.foreign, own)
    if (frame.kind === 1) lsn++
    if (frame.kind === 5) lsn += BigInt(frame.payload.length < 8 ? 1 : frame.range)
    at += size
  }
  return bytes
}

function writeAnyFrame(bytes: Uint8Array, frame: AnyFrame, salt: bigint, lsn: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  view.setUint32(8, frame.payload.length, true)
  view.setUint8(12, frame.kind)
  view.setUint8(13, frame.flags)
  view.setBigUint64(16, lsn, true)
  view.setUint32(36, Number(BigInt.asUintN(32, salt)) ^ (frame.untagged ? 1 : 0), true)
  bytes.set(frame.payload, 40)
  if (frame.kind === 5 && frame.payload.length >= 8) view.setBigUint64(40, lsn + BigInt(frame.range) - 1n, true)
  view.setBigUint64(0, checker.xxh64(bytes.subarray(8)) ^ salt, true)
}

export function doHarm(bytes: Uint8Array, harms: readonly Harm[]): void {
  for (const { kind, at, length } of harms) {
    if (kind === 'flip' && at < bytes.length) bytes[at]! ^= 1 << (length & 7)
    if (kind === 'zero') bytes.fill(0, at, at + length)
    if (kind === 'noise') for (let i = at; i < Math.min(at + length, bytes.length); i++) bytes[i] = (i * 167) & 255
  }
}
