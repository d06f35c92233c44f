/** A log taken apart, so that it can be changed by meaning and put together again, sealed or not. */
import {
  FRAME_HEADER_BYTES,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_TAG_AT,
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
} from '../../src/format/index.ts'
import type { FileStat } from '../../src/storage/file-system.ts'
import { checker } from '../support/log-harness.ts'

/** A file as the programs under test find it. */
export interface FuzzFile {
  name: string
  kind: FileStat['kind']
  bytes: Uint8Array
}

/** A frame's bytes; `isSealed`: it gets the tag and the check that its segment's salt asks for. */
export interface LooseFrame {
  bytes: Uint8Array<ArrayBuffer>
  isSealed: boolean
}

/** A segment in parts. */
export interface LooseSegment {
  name: string
  kind: FileStat['kind']
  page: Uint8Array<ArrayBuffer>
  /** Whether both copies of the header get the check that fits. */
  isSealed: boolean
  frames: LooseFrame[]
  tail: Uint8Array
}

const HEADER_FIRST_LSN_AT = 40
const HEADER_SALT_AT = 48
const HEADER_PREVIOUS_LSN_AT = 72
const HEADER_PREVIOUS_END_AT = 80
const HEADER_PREVIOUS_CHECK_AT = 88
const HEADER_CHECK_AT = 120

export function takeApart({ name, kind, bytes }: FuzzFile): LooseSegment {
  const page = new Uint8Array(HEADER_PAGE_BYTES)
  page.set(bytes.subarray(0, HEADER_PAGE_BYTES))
  const frames: LooseFrame[] = []
  let at = HEADER_PAGE_BYTES
  for (;;) {
    const size = frameSize(bytes, at)
    if (size === 0) break
    frames.push({ bytes: bytes.slice(at, at + size), isSealed: false })
    at += size
  }
  return { name, kind, page, isSealed: false, frames, tail: bytes.slice(Math.min(at, bytes.length)) }
}

/** Bytes of what may be a frame; 0 where none can stand. */
function frameSize(bytes: Uint8Array, at: number): number {
  if (at + FRAME_HEADER_BYTES > bytes.length) return 0
  const view = viewOf(bytes)
  if (view.getUint8(at + 12) === 0) return 0
  const size = Math.ceil((view.getUint32(at + FRAME_LENGTH_AT, true) + FRAME_HEADER_BYTES) / 8) * 8
  return at + size <= bytes.length ? size : 0
}

export function putTogether({ name, kind, page, isSealed, frames, tail }: LooseSegment): FuzzFile {
  if (isSealed) sealPage(page)
  const salt = viewOf(page).getBigUint64(HEADER_SALT_AT, true)
  for (const frame of frames) if (frame.isSealed) sealFrame(frame.bytes, salt)
  const size = frames.reduce((sum, frame) => sum + frame.bytes.length, page.length + tail.length)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of [page, ...frames.map((frame) => frame.bytes), tail]) {
    bytes.set(part, at)
    at += part.length
  }
  return { name, kind, bytes }
}

/** The header of each segment says again where the one before it ends. */
export function relink(segments: readonly LooseSegment[]): void {
  segments.forEach((segment, i) => {
    const before = segments[i - 1]
    if (before === undefined) return
    const bytes = putTogether(before).bytes.subarray(0, before.tail.length === 0 ? undefined : -before.tail.length)
    const last = before.frames.at(-1)?.bytes
    const view = viewOf(segment.page)
    const first = viewOf(before.page).getBigUint64(HEADER_FIRST_LSN_AT, true)
    const lastLsn = last === undefined ? first - 1n : viewOf(last).getBigUint64(FRAME_LSN_AT, true)
    view.setBigUint64(HEADER_PREVIOUS_LSN_AT, lastLsn, true)
    view.setBigUint64(HEADER_FIRST_LSN_AT, BigInt.asUintN(64, lastLsn + 1n), true)
    view.setBigUint64(HEADER_PREVIOUS_END_AT, BigInt(bytes.length), true)
    view.setBigUint64(HEADER_PREVIOUS_CHECK_AT, last === undefined ? 0n : viewOf(last).getBigUint64(0, true), true)
    copyHeader(segment.page)
    segment.isSealed = true
  })
}

function sealPage(page: Uint8Array): void {
  for (const at of [0, HEADER_COPY_B_AT]) {
    const check = checker.xxh64(page.subarray(at, at + HEADER_CHECK_AT))
    viewOf(page).setBigUint64(at + HEADER_CHECK_AT, check, true)
  }
}

/** Over the bytes that its length claims, as far as they are there. */
export function sealFrame(bytes: Uint8Array, salt: bigint): void {
  const view = viewOf(bytes)
  view.setUint32(FRAME_TAG_AT, Number(salt & 0xffff_ffffn), true)
  const size = Math.ceil((view.getUint32(FRAME_LENGTH_AT, true) + FRAME_HEADER_BYTES) / 8) * 8
  view.setBigUint64(0, checker.xxh64(bytes.subarray(8, Math.min(size, bytes.length))) ^ salt, true)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Copy B becomes what copy A is. */
export function copyHeader(page: Uint8Array): void {
  page.copyWithin(HEADER_COPY_B_AT, 0, HEADER_BYTES)
}
