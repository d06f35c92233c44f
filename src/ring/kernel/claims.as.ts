// AssemblyScript: claims and collection, where a 64-bit compare-and-swap without an allocation is needed.
//
// The claim is that of a Michael-Scott queue (Michael and Scott, PODC 1996), with the tail as a hint that any thread may
// push on: a claim *is* the compare-and-swap on the slot at the tail, and the slot tells owner and size from that moment.
// So a thread that dies at any point leaves either no claim, or one that names it.

import {
  BLOCK_BYTES, BLOCK_COUNT_AT, BLOCK_SEQUENCE_AT, BLOCKS_AT, CLOSED_AT, CONSUMED_AT, HEAD_AT,
  PARKED_AT, SLOT_OWNER_MASK, SLOT_OWNER_SHIFT, SLOT_PAD, SLOT_PUBLISHED, SLOT_UNITS_MASK, SLOT_USED, STOP_AT, STOP_CLAIMED,
  STOP_EMPTY, STOP_LIMIT, STOP_SLOT_AT, STOP_WRAP, TAIL_AT, UNITS_PER_SLOT_SHIFT, UNIT_SHIFT,
} from '../layout'

// @ts-ignore: decorator
@inline
function blockOf(owner: u32): usize { return BLOCKS_AT + owner * BLOCK_BYTES }

// @ts-ignore: decorator
@inline
function slotOf(slots: usize, offset: u32): usize { return slots + ((offset >> UNITS_PER_SLOT_SHIFT) << 2) }

// @ts-ignore: decorator
@inline
function pack(position: u32, sequence: u32): u64 { return <u64>position | (<u64>sequence << 32) }

/** Moves the tail past the claim that `word` describes at the tail `seen`; harmless when another thread already did. */
function pushTail(seen: u64, word: u32): void {
  const owner = (word >> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK
  const count: u32 = word & SLOT_PAD ? 0 : atomic.load<u32>(blockOf(owner), BLOCK_COUNT_AT)
  const next = pack(<u32>seen + (word & SLOT_UNITS_MASK), <u32>(seen >> 32) + count)
  atomic.cmpxchg<u64>(TAIL_AT, seen, next)
}

/**
 * Claims `units` contiguous units and `count` sequence numbers for `owner`.
 * Returns the byte offset in the ring, with the first sequence number in the owner's block; -1 if there is no room, -2 if closed.
 */
export function claim(slots: usize, capacity: u32, owner: u32, units: u32, count: u32): i32 {
  const block = blockOf(owner)
  const mine: u32 = SLOT_USED | (owner << SLOT_OWNER_SHIFT) | units
  atomic.store<u32>(block, count, BLOCK_COUNT_AT)
  while (true) {
    const tail = atomic.load<u64>(TAIL_AT)
    const position = <u32>tail
    const offset = position & (capacity - 1)
    const pad: u32 = offset + units > capacity ? capacity - offset : 0
    const used = position - atomic.load<u32>(HEAD_AT)
    if (<u64>used + pad + units > capacity) {
      if (atomic.load<u64>(TAIL_AT) != tail) continue
      return atomic.load<u32>(CLOSED_AT) != 0 ? -2 : -1
    }
    const slot = slotOf(slots, offset)
    const word = atomic.load<u32>(slot)
    // After the slot: whoever closes the ring and then changes the slot's lap has stopped every claim.
    if (atomic.load<u32>(CLOSED_AT) != 0) return -2
    if (atomic.load<u64>(TAIL_AT) != tail) continue
    if (word & SLOT_USED) {
      pushTail(tail, word)
      continue
    }
    const wish: u32 = pad ? SLOT_USED | SLOT_PUBLISHED | SLOT_PAD | pad : mine
    if (atomic.cmpxchg<u32>(slot, word, wish) != word) continue
    pushTail(tail, wish)
    if (pad) continue
    const base = atomic.load<u64>(CONSUMED_AT)
    store<u64>(block, base + <u64>(<u32>(tail >> 32) - <u32>base), BLOCK_SEQUENCE_AT)
    return <i32>(offset << UNIT_SHIFT)
  }
}

/**
 * Publishes a claim: stores its slot, then tells whether the consumer is parked. One call costs half of what the two
 * atomics cost from JavaScript.
 */
export function publish(slot: usize, word: u32): u32 {
  atomic.store<u32>(slot, word)
  return atomic.load<u32>(PARKED_AT)
}

/**
 * Counts the published units that stand one behind the other from `position` on, `limit` units at most and never across
 * the end of the ring, and frees their slots for the lap `lap` + 1. A padding claim ends it and is not counted.
 */
export function collect(slots: usize, capacity: u32, position: u32, limit: u32, lap: u32): u32 {
  let units: u32 = 0
  let stop: u32 = STOP_WRAP
  let word: u32 = 0
  const offset = position & (capacity - 1)
  const room = capacity - offset
  while (units < room) {
    const slot = slotOf(slots, offset + units)
    word = atomic.load<u32>(slot)
    if ((word & SLOT_USED) == 0) {
      stop = STOP_EMPTY
      break
    }
    if ((word & SLOT_PUBLISHED) == 0) {
      stop = STOP_CLAIMED
      break
    }
    const size = word & SLOT_UNITS_MASK
    if (word & SLOT_PAD) {
      if (units == 0) {
        // Padding is published from the start: its claimer may not have moved the tail yet, or may be dead.
        helpTail(position, word)
        atomic.store<u32>(slot, lap)
      }
      break
    }
    if (units + size > limit) {
      stop = STOP_LIMIT
      break
    }
    atomic.store<u32>(slot, lap)
    units += size
  }
  store<u32>(STOP_AT, stop)
  store<u32>(STOP_SLOT_AT, word)
  return units
}

/** Frees the ring up to `head` and tells producers which sequence number the consumer will take next. */
export function release(head: u32, consumedLow: u32, consumedHigh: u32): void {
  atomic.store<u64>(CONSUMED_AT, <u64>consumedLow | (<u64>consumedHigh << 32))
  atomic.store<u32>(HEAD_AT, head)
}

/** Starts, or goes over to, claims by compare-and-swap at this place. */
export function setTail(position: u32, sequenceLow: u32): void {
  atomic.store<u64>(TAIL_AT, pack(position, sequenceLow))
}

/** Moves the tail past the claim at `position` if nobody did yet. Needed before its slot is freed. */
export function helpTail(position: u32, word: u32): void {
  const tail = atomic.load<u64>(TAIL_AT)
  if (<u32>tail == position) pushTail(tail, word)
}

/** The position that the next claim will take. */
export function tailPosition(): u32 { return <u32>atomic.load<u64>(TAIL_AT) }
