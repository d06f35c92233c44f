// AssemblyScript: the batch kernel. Seals, checks and finds frames in place, a whole batch or chunk in one call.
// It keeps nothing in memory of its own: every address is given by the caller, so many threads may share one memory.

import {
  FLAG_CONTINUES_BATCH, FLAG_UNKNOWN_MASK, FRAME_FLAGS_AT, FRAME_HEADER_BYTES, FRAME_KEY_AT, FRAME_KIND_AT,
  FRAME_LENGTH_AT, FRAME_LSN_AT, FRAME_PAYLOAD_LIMIT, FRAME_TAG_AT, FRAME_TIME_AT, KIND_END, KIND_RECORD, KIND_SKIPPABLE_BIT,
  KIND_SYNC_MARK, KIND_TOMBSTONE,
} from '../frame-layout'
import {
  FIND_PATIENCE, SCAN_BAD, SCAN_END, SCAN_EXACT_AT, SCAN_GAP, SCAN_LSN_AT, SCAN_LSN_MAX_AT, SCAN_MARK_AT, SCAN_MORE,
  SCAN_NEXT_AT, SCAN_OPEN_AT, SCAN_RECORDS_AT, SCAN_STOP_AT, SCAN_STRAY, SCAN_UNKNOWN, SCAN_WHOLE_AT,
  SCAN_WHOLE_CHECK_AT, SCAN_WHOLE_LSN_AT, SCAN_ZEROS,
} from './scan-layout'
import { xxh64 } from './xxh64.as'

export { xxh64 }

// @ts-ignore: decorator
@inline
function sizeOf(length: u32): usize { return (<usize>length + FRAME_HEADER_BYTES + 7) & ~7 }

// @ts-ignore: decorator
@inline
function checkOf(p: usize, size: usize, salt: u64): u64 { return xxh64(p + FRAME_LENGTH_AT, size - FRAME_LENGTH_AT) ^ salt }

// @ts-ignore: decorator
@inline
function takesLsn(kind: u32): bool { return kind == KIND_RECORD || kind == KIND_TOMBSTONE }

// @ts-ignore: decorator
@inline
function isWitness(kind: u32): bool { return kind == KIND_SYNC_MARK || kind == KIND_END }

/** The LSN behind a frame: one more than its own, or than the last of a tombstone's range; 0 if that is no range. */
function lsnAfter(p: usize, kind: u32): u64 {
  const lsn = load<u64>(p, FRAME_LSN_AT)
  if (kind == KIND_TOMBSTONE && load<u32>(p, FRAME_LENGTH_AT) >= 8) {
    const last = load<u64>(p, FRAME_HEADER_BYTES)
    return last >= lsn ? last + 1 : 0
  }
  return lsn + 1
}

/**
 * Writes tag and check of every frame in [from, to), which must start with LSN `lsn` and go on without a gap.
 * Returns the LSN after the last, or 0 if what stands there is not such frames (then some checks may be written).
 */
export function seal(from: usize, to: usize, salt: u64, lsn: u64): u64 {
  let p = from
  let next = lsn
  while (p < to) {
    const length: u32 = load<u32>(p, FRAME_LENGTH_AT)
    if (length > <u32>FRAME_PAYLOAD_LIMIT) return 0
    const size = sizeOf(length)
    if (size > to - p) return 0
    const kind: u32 = load<u8>(p, FRAME_KIND_AT)
    if (takesLsn(kind)) {
      if (load<u64>(p, FRAME_LSN_AT) != next) return 0
      next = lsnAfter(p, kind)
    }
    // One store of the whole word, key and tag: the hash reads it as one, and would have to wait for two halves to meet.
    store<u64>(p, <u64>load<u32>(p, FRAME_KEY_AT) | (salt << 32), FRAME_KEY_AT)
    store<u64>(p, checkOf(p, size, salt))
    p += size
  }
  return next
}

// @ts-ignore: decorator
@inline
function headerIsZero(p: usize): bool {
  return (load<u64>(p) | load<u64>(p, FRAME_LENGTH_AT) | load<u64>(p, FRAME_LSN_AT) | load<u64>(p, FRAME_TIME_AT) | load<u64>(p, 32)) == 0
}

/** Whether this version may neither read nor skip a frame of this kind with these flags. */
// @ts-ignore: decorator
@inline
function isUnknown(kind: u32, flags: u32): bool {
  return (kind & KIND_SKIPPABLE_BIT) == 0 && (kind > <u32>KIND_TOMBSTONE || (flags & FLAG_UNKNOWN_MASK) != 0)
}

/** Whether the LSN of a frame that verifies can stand where the next record carries `lsnMin` or more. */
// @ts-ignore: decorator
@inline
function canStand(kind: u32, lsn: u64, after: u64, lsnMin: u64, lsnMax: u64): bool {
  if (lsn > lsnMax) return false
  // A range that is none has 0 behind it, so that the subtraction wraps to more than any limit.
  if (takesLsn(kind)) return lsn >= lsnMin && after - 1 <= lsnMax
  return kind != KIND_END || after >= lsnMin
}

/** Why a frame that verifies can not be taken where the next record carries `next`, if `exact`, or more; else SCAN_MORE. */
function misfit(kind: u32, flags: u32, lsn: u64, after: u64, next: u64, exact: u32, lsnMax: u64): u32 {
  if (isUnknown(kind, flags)) return SCAN_UNKNOWN
  if (!canStand(kind, lsn, after, next, lsnMax)) return SCAN_STRAY
  const isAhead = takesLsn(kind) ? lsn > next : isWitness(kind) && lsn >= next
  return exact && isAhead ? SCAN_GAP : SCAN_MORE
}

/**
 * Reads frames from `from` on for as long as they verify and follow one another; see scan-layout.ts for `state`.
 * Nothing behind `to` is read. `maxPayload` is FRAME_PAYLOAD_LIMIT at most.
 */
export function scan(from: usize, to: usize, salt: u64, maxPayload: u32, state: usize): void {
  const lsnMax = load<u64>(state, SCAN_LSN_MAX_AT)
  let p = from
  let next = load<u64>(state, SCAN_LSN_AT)
  let exact = load<u32>(state, SCAN_EXACT_AT)
  let mark = load<u64>(state, SCAN_MARK_AT)
  let open = load<u32>(state, SCAN_OPEN_AT)
  let whole: usize = 0
  let wholeLsn: u64 = 0
  let wholeCheck: u64 = 0
  let records: u32 = 0
  let stop: u32 = SCAN_MORE
  while (p + FRAME_HEADER_BYTES <= to) {
    const length: u32 = load<u32>(p, FRAME_LENGTH_AT)
    const kind: u32 = load<u8>(p, FRAME_KIND_AT)
    if (kind == 0 || length > maxPayload || load<u32>(p, FRAME_TAG_AT) != <u32>salt) {
      stop = headerIsZero(p) ? SCAN_ZEROS : SCAN_BAD
      break
    }
    const size = sizeOf(length)
    if (size > to - p) break
    const check = load<u64>(p)
    if (check != checkOf(p, size, salt)) {
      stop = SCAN_BAD
      break
    }
    const flags: u32 = load<u8>(p, FRAME_FLAGS_AT)
    const lsn = load<u64>(p, FRAME_LSN_AT)
    // The common case, a record that follows, is told first and apart: the speed of every replay hangs on it.
    if (kind == KIND_RECORD && lsn == next && lsn <= lsnMax && (flags & FLAG_UNKNOWN_MASK) == 0) {
      next = lsn + 1
      exact = 1
      open = flags & FLAG_CONTINUES_BATCH
      records++
    } else {
      const after = lsnAfter(p, kind)
      stop = misfit(kind, flags, lsn, after, next, exact, lsnMax)
      if (stop != SCAN_MORE) break
      if (takesLsn(kind)) {
        next = after
        exact = 1
        open = flags & FLAG_CONTINUES_BATCH
        if (kind == KIND_RECORD) records++
      } else if (isWitness(kind)) {
        if (lsn > mark) mark = lsn
        if (after > next) next = after
        if (kind == KIND_END) {
          exact = 1
          stop = SCAN_END
        }
      }
    }
    p += size
    if (!open) {
      whole = p
      wholeLsn = next
      wholeCheck = check
    }
    if (stop == SCAN_END) break
  }
  if (whole != 0) {
    store<u32>(state, <u32>whole, SCAN_WHOLE_AT)
    store<u64>(state, wholeLsn, SCAN_WHOLE_LSN_AT)
    store<u64>(state, wholeCheck, SCAN_WHOLE_CHECK_AT)
  }
  store<u32>(state, stop, SCAN_STOP_AT)
  store<u32>(state, <u32>p, SCAN_NEXT_AT)
  store<u32>(state, records, SCAN_RECORDS_AT)
  store<u64>(state, next, SCAN_LSN_AT)
  store<u32>(state, exact, SCAN_EXACT_AT)
  store<u64>(state, mark, SCAN_MARK_AT)
  store<u32>(state, open, SCAN_OPEN_AT)
}

/**
 * The first place in [from, to), stepping by 8, where a frame verifies that this version reads or skips and whose LSN
 * can stand behind `lsnMin` - 1 and up to `lsnMax`. The tag is tested first, so that few places are hashed.
 * Returns its address; `to` if there is none; or, with bit 0 set, the address of a plausible frame, or of the start of a
 * header, that reaches past `to`. Such places are passed over where `last` says that nothing follows `to`.
 */
export function find(
  from: usize, to: usize, salt: u64, maxPayload: u32, lsnMin: u64, lsnMax: u64, last: u32,
): usize {
  let patience: u64 = <u64>(to - from) * FIND_PATIENCE
  let p = from
  for (; p + FRAME_HEADER_BYTES <= to; p += 8) {
    if (load<u32>(p, FRAME_TAG_AT) != <u32>salt || !isPlausible(p, maxPayload, lsnMin, lsnMax)) continue
    const size = sizeOf(load<u32>(p, FRAME_LENGTH_AT))
    if (size > to - p) {
      if (last) continue
      return p | 1
    }
    if (size > patience) continue
    const kind: u32 = load<u8>(p, FRAME_KIND_AT)
    const holds = load<u64>(p) == checkOf(p, size, salt)
    if (holds && canStand(kind, load<u64>(p, FRAME_LSN_AT), lsnAfter(p, kind), lsnMin, lsnMax)) return p
    patience -= size
  }
  return last || p >= to ? to : p | 1
}

// @ts-ignore: decorator
@inline
function isPlausible(p: usize, maxPayload: u32, lsnMin: u64, lsnMax: u64): bool {
  const kind: u32 = load<u8>(p, FRAME_KIND_AT)
  if (kind == 0 || isUnknown(kind, load<u8>(p, FRAME_FLAGS_AT))) return false
  if (load<u32>(p, FRAME_LENGTH_AT) > maxPayload) return false
  const lsn = load<u64>(p, FRAME_LSN_AT)
  return lsn <= lsnMax && (lsn >= lsnMin || !takesLsn(kind))
}
