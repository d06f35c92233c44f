/*
 * The 64 places for producer threads. An owner number is a place (its low 6 bits) and that place's generation, which
 * changes whenever the place is given back: a late `exit` event can not revoke the thread that has the place now.
 */
import { RingwalError } from '../errors.ts'
import {
  BLOCK_BYTES,
  BLOCK_STATE_AT,
  BLOCKS_AT,
  GENERATION_MASK,
  OWNER_ALIVE,
  OWNER_DEAD,
  OWNER_FREE,
  OWNER_GENERATION_SHIFT,
  OWNER_PLACE_BITS,
  OWNER_PLACE_MASK,
  OWNER_STATE_MASK,
  OWNERS_MAX,
  REVOKED_AT,
} from './layout.ts'

type Words = Int32Array<SharedArrayBuffer>

export function takeOwner(words: Words): number {
  for (let place = 0; place < OWNERS_MAX; place++) {
    const free = Atomics.load(words, stateWord(place))
    if ((free & OWNER_STATE_MASK) !== OWNER_FREE) continue
    if (Atomics.compareExchange(words, stateWord(place), free, free | OWNER_ALIVE) !== free) continue
    return ((free >>> OWNER_GENERATION_SHIFT) << OWNER_PLACE_BITS) | place
  }
  throw new RingwalError('ERR_RINGWAL_THREADS', `all ${OWNERS_MAX} producer places of the ring are taken`, {
    limit: OWNERS_MAX,
  })
}

export function revokeOwner(words: Words, owner: number): void {
  const alive = wordOf(owner, OWNER_ALIVE)
  // Counted first: a revoker that dies in between makes the consumer look for nothing, rather than never look.
  Atomics.add(words, REVOKED_AT >> 2, 1)
  const before = Atomics.compareExchange(words, stateWord(owner), alive, wordOf(owner, OWNER_DEAD))
  if (before !== alive) Atomics.sub(words, REVOKED_AT >> 2, 1)
}

/** Makes the place of an owner, alive or dead, free for the next generation. */
export function freeOwner(words: Words, owner: number): void {
  const next = (((owner >>> OWNER_PLACE_BITS) + 1) & GENERATION_MASK) << OWNER_GENERATION_SHIFT
  const [alive, dead] = [wordOf(owner, OWNER_ALIVE), wordOf(owner, OWNER_DEAD)]
  if (Atomics.compareExchange(words, stateWord(owner), alive, next) === alive) return
  if (Atomics.compareExchange(words, stateWord(owner), dead, next) === dead) Atomics.sub(words, REVOKED_AT >> 2, 1)
}

export function ownerState(words: Words, owner: number): number {
  const word = Atomics.load(words, stateWord(owner))
  return word >>> OWNER_GENERATION_SHIFT === owner >>> OWNER_PLACE_BITS ? word & OWNER_STATE_MASK : OWNER_FREE
}

/** The number of the dead owner in a place; undefined if the place is free or its owner alive. */
export function deadOwnerAt(words: Words, place: number): number | undefined {
  const word = Atomics.load(words, stateWord(place))
  if ((word & OWNER_STATE_MASK) !== OWNER_DEAD) return undefined
  return ((word >>> OWNER_GENERATION_SHIFT) << OWNER_PLACE_BITS) | place
}

/** Whether some owner is revoked and its place not yet free again. */
export function hasRevoked(words: Words): boolean {
  return Atomics.load(words, REVOKED_AT >> 2) !== 0
}

function stateWord(owner: number): number {
  return (BLOCKS_AT + (owner & OWNER_PLACE_MASK) * BLOCK_BYTES + BLOCK_STATE_AT) >> 2
}

function wordOf(owner: number, state: number): number {
  return ((owner >>> OWNER_PLACE_BITS) << OWNER_GENERATION_SHIFT) | state
}
