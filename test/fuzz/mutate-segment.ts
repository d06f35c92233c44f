/** Changes to a segment by the meaning of its fields: what a program that makes files to harm would write. */
import {
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_TAG_AT,
  FRAME_TIME_AT,
  FRAME_TYPE_AT,
  frameBytes,
  HEADER_COPY_B_AT,
  KIND_TOMBSTONE,
} from '../../src/format/index.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { copyHeader, type LooseFrame, type LooseSegment, viewOf } from './fuzz-log.ts'
import { hostilePayload } from './hostile-payload.ts'
import { anyLength, anyU32, anyU64 } from './numbers.ts'

type Mutation = (segment: LooseSegment, random: SeededRandom) => void

const HEADER_U64: readonly number[] = [32, 40, 48, 56, 64, 72, 80, 88, 104, 112, 120]
const HEADER_U32: readonly number[] = [8, 12, 96, 100]
const KINDS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 127, 128, 129, 255]

/** A field of the header, in both copies most often, and mostly with the check that fits. */
export function mutateHeader(segment: LooseSegment, random: SeededRandom): void {
  const { page } = segment
  const view = viewOf(page)
  const at = random.chance(0.2) ? HEADER_COPY_B_AT : 0
  if (random.chance(0.7)) {
    const field = at + random.pick(HEADER_U64)
    view.setBigUint64(field, anyU64(random, view.getBigUint64(field, true)), true)
  } else if (random.chance(0.8)) {
    const field = at + random.pick(HEADER_U32)
    view.setUint32(field, anyU32(random, view.getUint32(field, true)), true)
  } else {
    page[random.below(page.length)] = random.below(256)
  }
  if (random.chance(0.9)) {
    if (at === 0) copyHeader(page)
    segment.isSealed = true
  }
}

const FRAME_MUTATIONS: readonly Mutation[] = [
  (segment, random) => changeFrame(segment, random, changeField),
  (segment, random) => changeFrame(segment, random, changeField),
  (segment, random) => changeFrame(segment, random, changeRange),
  (segment, random) => changeFrame(segment, random, changePayload),
  duplicateFrame,
  deleteFrames,
  swapFrames,
  insertFrame,
  repeatFrame,
  changeTail,
]

export function mutateFrames(segment: LooseSegment, random: SeededRandom): void {
  random.pick(FRAME_MUTATIONS)(segment, random)
}

function changeFrame(
  { frames }: LooseSegment,
  random: SeededRandom,
  change: (frame: LooseFrame, random: SeededRandom) => void,
): void {
  if (frames.length === 0) return
  const frame = random.pick(frames)
  change(frame, random)
  if (random.chance(0.85)) frame.isSealed = true
}

function changeField(frame: LooseFrame, random: SeededRandom): void {
  const view = viewOf(frame.bytes)
  const u64 = (at: number): void => view.setBigUint64(at, anyU64(random, view.getBigUint64(at, true)), true)
  const u32 = (at: number): void => view.setUint32(at, anyU32(random, view.getUint32(at, true)), true)
  const length = view.getUint32(FRAME_LENGTH_AT, true)
  const draw = random.below(16)
  if (draw < 3) view.setUint32(FRAME_LENGTH_AT, anyLength(random, length, frame.bytes.length), true)
  else if (draw < 6) view.setUint8(FRAME_KIND_AT, random.pick(KINDS))
  else if (draw < 8) view.setUint8(FRAME_FLAGS_AT, random.pick([0, 1, 2, 4, 6, 7, 8, 0x80, 0xff]))
  else if (draw < 12) u64(FRAME_LSN_AT)
  else if (draw < 13) u64(FRAME_TIME_AT)
  else if (draw < 14) u32(FRAME_KEY_AT)
  else if (draw < 15) u32(FRAME_TAG_AT)
  else view.setUint16(FRAME_TYPE_AT, random.uint32() & 0xffff, true)
}

/** A tombstone: for as many LSNs as there can be, for none, for less than none. */
function changeRange(frame: LooseFrame, random: SeededRandom): void {
  const bytes = frame.bytes.length >= FRAME_HEADER_BYTES + 8 ? frame.bytes : new Uint8Array(frameBytes(8))
  bytes.set(frame.bytes.subarray(0, FRAME_HEADER_BYTES))
  const view = viewOf(bytes)
  view.setUint8(FRAME_KIND_AT, KIND_TOMBSTONE)
  view.setUint32(FRAME_LENGTH_AT, 8, true)
  view.setBigUint64(FRAME_HEADER_BYTES, anyU64(random, view.getBigUint64(FRAME_LSN_AT, true)), true)
  frame.bytes = bytes
}

function changePayload(frame: LooseFrame, random: SeededRandom): void {
  frame.bytes = withPayload(frame.bytes, hostilePayload(random), random)
}

function withPayload(head: Uint8Array, payload: Uint8Array, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frameBytes(payload.length))
  bytes.set(head.subarray(0, FRAME_HEADER_BYTES))
  bytes.set(payload, FRAME_HEADER_BYTES)
  viewOf(bytes).setUint32(FRAME_LENGTH_AT, payload.length, true)
  if (random.chance(0.8)) viewOf(bytes).setUint8(FRAME_FLAGS_AT, 2)
  return bytes
}

function duplicateFrame({ frames }: LooseSegment, random: SeededRandom): void {
  if (frames.length === 0) return
  const { bytes, isSealed } = random.pick(frames)
  frames.splice(random.below(frames.length + 1), 0, { bytes: bytes.slice(), isSealed })
}

function deleteFrames({ frames }: LooseSegment, random: SeededRandom): void {
  frames.splice(random.below(frames.length + 1), random.pick([1, 1, 2, 5, frames.length]))
}

function swapFrames({ frames }: LooseSegment, random: SeededRandom): void {
  if (frames.length < 2) return
  const [i, j] = [random.below(frames.length), random.below(frames.length)]
  const frame = frames[i]!
  frames[i] = frames[j]!
  frames[j] = frame
}

/** A frame of any kind, with the LSN of its place or another one. */
function insertFrame({ frames }: LooseSegment, random: SeededRandom): void {
  const at = random.below(frames.length + 1)
  const head = new Uint8Array(FRAME_HEADER_BYTES)
  const view = viewOf(head)
  const neighbour = frames[at] ?? frames.at(-1)
  const lsn = neighbour === undefined ? 1n : viewOf(neighbour.bytes).getBigUint64(FRAME_LSN_AT, true)
  view.setUint8(FRAME_KIND_AT, random.pick(KINDS))
  view.setBigUint64(FRAME_LSN_AT, random.chance(0.7) ? lsn : anyU64(random, lsn), true)
  view.setBigUint64(FRAME_TIME_AT, anyU64(random, 1_700_000_000_000_000_000n), true)
  const payload = random.chance(0.5) ? new Uint8Array(0) : hostilePayload(random)
  frames.splice(at, 0, { bytes: withPayload(head, payload, random), isSealed: true })
}

/** Many of one frame, with LSNs that rise or stay. */
function repeatFrame({ frames }: LooseSegment, random: SeededRandom): void {
  if (frames.length === 0) return
  const at = random.below(frames.length)
  const { bytes } = frames[at]!
  const step = random.pick([0n, 1n, 2n, 2n ** 32n])
  const count = Math.min(random.pick([2, 10, 200]), Math.floor(100_000 / bytes.length))
  const copies = Array.from({ length: count }, (_, i) => {
    const copy = bytes.slice()
    const view = viewOf(copy)
    const lsn = view.getBigUint64(FRAME_LSN_AT, true) + BigInt(i) * step
    view.setBigUint64(FRAME_LSN_AT, BigInt.asUintN(64, lsn), true)
    return { bytes: copy, isSealed: true }
  })
  frames.splice(at, 1, ...copies)
}

function changeTail(segment: LooseSegment, random: SeededRandom): void {
  const length = random.pick([0, 1, 7, 40, 4096])
  segment.tail = random.chance(0.5) ? new Uint8Array(length) : random.bytes(length)
}
