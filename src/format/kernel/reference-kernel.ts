import type { Checker } from '../check.ts'
import {
  FLAG_CONTINUES_BATCH,
  FLAG_UNKNOWN_MASK,
  FRAME_FLAGS_AT,
  FRAME_HEADER_BYTES,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_PAYLOAD_LIMIT,
  FRAME_TAG_AT,
  KIND_END,
  KIND_RECORD,
  KIND_SKIPPABLE_BIT,
  KIND_SYNC_MARK,
  KIND_TOMBSTONE,
} from '../frame-layout.ts'
import type { FrameKernel } from './frame-kernel.ts'
import {
  FIND_PATIENCE,
  SCAN_BAD,
  SCAN_END,
  SCAN_EXACT_AT,
  SCAN_GAP,
  SCAN_LSN_AT,
  SCAN_LSN_MAX_AT,
  SCAN_MARK_AT,
  SCAN_MORE,
  SCAN_NEXT_AT,
  SCAN_OPEN_AT,
  SCAN_RECORDS_AT,
  SCAN_STOP_AT,
  SCAN_STRAY,
  SCAN_UNKNOWN,
  SCAN_WHOLE_AT,
  SCAN_WHOLE_CHECK_AT,
  SCAN_WHOLE_LSN_AT,
  SCAN_ZEROS,
} from './scan-layout.ts'

/**
 * The batch kernel again, in plain TypeScript on hash-wasm, over any memory: for environments that share none. The
 * tests hold frames.as.ts against it, call by call; where the two differ, one of them is wrong.
 */
export function createReferenceKernel(bytes: Uint8Array, checker: Checker): FrameKernel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const u64 = (at: number): bigint => view.getBigUint64(at, true)
  const u32 = (at: number): number => view.getUint32(at, true)
  const tagOf = (salt: bigint): number => Number(BigInt.asUintN(32, salt))
  const xxh64 = (at: number, length: number): bigint => checker.xxh64(bytes.subarray(at, at + length))
  const sizeAt = (at: number): number => Math.ceil((u32(at + FRAME_LENGTH_AT) + FRAME_HEADER_BYTES) / 8) * 8
  const kindAt = (at: number): number => bytes[at + FRAME_KIND_AT]!
  const flagsAt = (at: number): number => bytes[at + FRAME_FLAGS_AT]!
  const takesLsn = (at: number): boolean => kindAt(at) === KIND_RECORD || kindAt(at) === KIND_TOMBSTONE
  const checkOf = (at: number, size: number, salt: bigint): bigint =>
    BigInt.asUintN(64, xxh64(at + FRAME_LENGTH_AT, size - FRAME_LENGTH_AT) ^ salt)

  function lsnAfter(at: number): bigint {
    const lsn = u64(at + FRAME_LSN_AT)
    if (kindAt(at) !== KIND_TOMBSTONE || u32(at + FRAME_LENGTH_AT) < 8) return BigInt.asUintN(64, lsn + 1n)
    const last = u64(at + FRAME_HEADER_BYTES)
    return last >= lsn ? BigInt.asUintN(64, last + 1n) : 0n
  }

  function seal(from: number, to: number, salt: bigint, lsn: bigint): bigint {
    let next = lsn
    for (let at = from; at < to; at += sizeAt(at)) {
      if (u32(at + FRAME_LENGTH_AT) > FRAME_PAYLOAD_LIMIT || at + sizeAt(at) > to) return 0n
      if (takesLsn(at)) {
        if (u64(at + FRAME_LSN_AT) !== next) return 0n
        next = lsnAfter(at)
      }
      view.setUint32(at + FRAME_TAG_AT, tagOf(salt), true)
      view.setBigUint64(at, checkOf(at, sizeAt(at), salt), true)
    }
    return BigInt.asIntN(64, next)
  }

  function isUnknown(at: number): boolean {
    if ((kindAt(at) & KIND_SKIPPABLE_BIT) !== 0) return false
    return kindAt(at) > KIND_TOMBSTONE || (flagsAt(at) & FLAG_UNKNOWN_MASK) !== 0
  }

  function canStand(at: number, lsnMin: bigint, lsnMax: bigint): boolean {
    const lsn = u64(at + FRAME_LSN_AT)
    const after = lsnAfter(at)
    if (lsn > lsnMax) return false
    if (takesLsn(at)) return lsn >= lsnMin && after !== 0n && after - 1n <= lsnMax
    return kindAt(at) !== KIND_END || after >= lsnMin
  }

  /** Whether the frame at `at` shows that records are missing before it, given that the next one must carry `expected`. */
  function isAhead(at: number, expected: bigint): boolean {
    const lsn = u64(at + FRAME_LSN_AT)
    return takesLsn(at) ? lsn > expected : isWitness(at) && lsn >= expected
  }

  function isWitness(at: number): boolean {
    return kindAt(at) === KIND_SYNC_MARK || kindAt(at) === KIND_END
  }

  /** Why the frame at `at`, all of which is there, can not be taken; undefined if it can. */
  function misfit(at: number, salt: bigint, state: number): number | undefined {
    const next = u64(state + SCAN_LSN_AT)
    if (u64(at) !== checkOf(at, sizeAt(at), salt)) return SCAN_BAD
    if (isUnknown(at)) return SCAN_UNKNOWN
    if (!canStand(at, next, u64(state + SCAN_LSN_MAX_AT))) return SCAN_STRAY
    return u32(state + SCAN_EXACT_AT) !== 0 && isAhead(at, next) ? SCAN_GAP : undefined
  }

  function scan(from: number, to: number, salt: bigint, maxPayload: number, state: number): void {
    let at = from
    let records = 0
    let stop = SCAN_MORE
    while (stop === SCAN_MORE && at + FRAME_HEADER_BYTES <= to) {
      if (kindAt(at) === 0 || u32(at + FRAME_LENGTH_AT) > maxPayload || u32(at + FRAME_TAG_AT) !== tagOf(salt)) {
        stop = bytes.subarray(at, at + FRAME_HEADER_BYTES).every((byte) => byte === 0) ? SCAN_ZEROS : SCAN_BAD
        break
      }
      const size = sizeAt(at)
      if (at + size > to) break
      const wrong = misfit(at, salt, state)
      if (wrong !== undefined) {
        stop = wrong
        break
      }
      takeFrame(at, state)
      if (kindAt(at) === KIND_RECORD) records++
      if (kindAt(at) === KIND_END) stop = SCAN_END
      at += size
    }
    view.setUint32(state + SCAN_STOP_AT, stop, true)
    view.setUint32(state + SCAN_NEXT_AT, at, true)
    view.setUint32(state + SCAN_RECORDS_AT, records, true)
  }

  function takeFrame(at: number, state: number): void {
    const lsn = u64(at + FRAME_LSN_AT)
    if (takesLsn(at)) {
      view.setBigUint64(state + SCAN_LSN_AT, lsnAfter(at), true)
      view.setUint32(state + SCAN_OPEN_AT, flagsAt(at) & FLAG_CONTINUES_BATCH, true)
    }
    if (isWitness(at)) {
      if (lsn > u64(state + SCAN_MARK_AT)) view.setBigUint64(state + SCAN_MARK_AT, lsn, true)
      if (lsn >= u64(state + SCAN_LSN_AT)) view.setBigUint64(state + SCAN_LSN_AT, lsn + 1n, true)
    }
    if (takesLsn(at) || kindAt(at) === KIND_END) view.setUint32(state + SCAN_EXACT_AT, 1, true)
    if (u32(state + SCAN_OPEN_AT) !== 0) return
    view.setUint32(state + SCAN_WHOLE_AT, at + sizeAt(at), true)
    view.setBigUint64(state + SCAN_WHOLE_LSN_AT, u64(state + SCAN_LSN_AT), true)
    view.setBigUint64(state + SCAN_WHOLE_CHECK_AT, u64(at), true)
  }

  function isPlausible(at: number, maxPayload: number, lsnMin: bigint, lsnMax: bigint): boolean {
    if (kindAt(at) === 0 || isUnknown(at) || u32(at + FRAME_LENGTH_AT) > maxPayload) return false
    const lsn = u64(at + FRAME_LSN_AT)
    return lsn <= lsnMax && (lsn >= lsnMin || !takesLsn(at))
  }

  function find(
    from: number,
    to: number,
    salt: bigint,
    maxPayload: number,
    lsnMin: bigint,
    lsnMax: bigint,
    last: number,
  ): number {
    let patience = (to - from) * FIND_PATIENCE
    let at = from
    for (; at + FRAME_HEADER_BYTES <= to; at += 8) {
      if (u32(at + FRAME_TAG_AT) !== tagOf(salt) || !isPlausible(at, maxPayload, lsnMin, lsnMax)) continue
      const size = sizeAt(at)
      if (at + size > to) {
        if (last !== 0) continue
        return at | 1
      }
      if (size > patience) continue
      if (u64(at) === checkOf(at, size, salt) && canStand(at, lsnMin, lsnMax)) return at
      patience -= size
    }
    return last !== 0 || at >= to ? to : at | 1
  }

  return { xxh64, seal, scan, find }
}
