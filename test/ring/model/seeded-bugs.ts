/*
 * Variants of the model that are wrong in one place each, and the smallest search in which spin finds it; and some that
 * look wrong and are not.
 */
import type { ErrorKind, Search } from './spin.ts'

export interface SeededBug extends Search {
  readonly name: string
  /** What is done instead. */
  readonly what: string
  readonly found: ErrorKind
}

export interface Harmless extends Search {
  readonly name: string
  readonly what: string
  /** Why nothing can come of it. */
  readonly why: string
}

function bug(name: string, found: ErrorKind, defines: string, what: string): SeededBug {
  return { name, what, found, circles: found === 'circle', defines: [`BUG_${name}`, ...defines.split(' ')] }
}

const TWO_SPIN = 'SPINS PRODUCERS=2 MESSAGES=1'
const FULL_RING = 'PRODUCERS=1 MESSAGES=3 UNITS_MIN=4 UNITS_MAX=4'

export const SEEDED_BUGS: readonly SeededBug[] = [
  bug(
    'PUBLISH_FIRST',
    'assertion',
    'SPINS PRODUCERS=1 MESSAGES=1',
    'a claim is published before its bytes are written',
  ),
  bug('COLLECT_UNPUBLISHED', 'assertion', 'SPINS PRODUCERS=1 MESSAGES=1', 'collect takes what is claimed only'),
  bug('NO_LAP', 'assertion', TWO_SPIN, 'a free slot holds 0 and not the lap that freed it'),
  bug('NO_SECOND_LOOK', 'assertion', TWO_SPIN, 'a claim does not look at the tail again behind the slot'),
  bug('TAIL_FIRST', 'stuck', `${TWO_SPIN} DEATHS=1`, 'the tail is moved before the slot is claimed'),
  bug('COUNT_LATE', 'assertion', 'SPINS PRODUCERS=2 MESSAGES=2 COUNT_MAX=2', 'the count is stored behind the claim'),
  bug('NO_HELP', 'circle', TWO_SPIN, 'who finds the slot at the tail taken waits for its claimer to move the tail'),
  bug('NO_HELP_AT_PAD', 'assertion', 'SPINS PRODUCERS=2 MESSAGES=2', 'padding is freed with the tail still before it'),
  bug('ADOPT_LEAVES_TAIL', 'assertion', `${TWO_SPIN} DEATHS=1`, 'a claim is adopted with the tail still before it'),
  bug('RELEASE_FIRST', 'assertion', 'SPINS PRODUCERS=2 MESSAGES=2', 'the head is moved before the slots are free'),
  bug('ROOM_WITHOUT_PAD', 'assertion', 'SPINS PRODUCERS=1 MESSAGES=4 ALONE=4', 'room is asked for without the padding'),
  bug('SHARE_LEAVES_TAIL', 'assertion', 'SPINS PRODUCERS=2 MESSAGES=2 ALONE=1', 'share leaves the tail where it was'),
  bug('CLOSED_BEFORE_SLOT', 'assertion', `${TWO_SPIN} CLOSE_AT_ANY_TIME`, 'a claim looks at closed before the slot'),
  bug('SEAL_BY_LOOK', 'assertion', `${TWO_SPIN} CLOSE_AT_ANY_TIME`, 'seal looks at the slot, and does not bar it'),
  bug('NO_RECHECK', 'assertion', 'SPINS PRODUCERS=1 MESSAGES=1 DEATHS=1', 'a claim is adopted by the first look at it'),
  bug('REAP_EARLY', 'stuck', `${TWO_SPIN} PLACES=1 DEATHS=1 OWNERS`, "a dead thread's place is free at once"),
  bug('NO_GENERATION', 'stuck', `${TWO_SPIN} PLACES=1 DEATHS=1 OWNERS`, 'a place has the same number for ever'),
  bug('PARK_FLAG_LATE', 'stuck', 'PRODUCERS=1 MESSAGES=1', 'the parked flag is up after the last look'),
  bug('WAKE_LEAVES_FLAG', 'stuck', 'PRODUCERS=1 MESSAGES=1', 'who wakes only reads the parked flag'),
  bug(
    'HAS_WORK_BEFORE_STAY',
    'stuck',
    'PRODUCERS=1 MESSAGES=1 CLOSE_AT_ANY_TIME START=254',
    'seal comes last in the looks',
  ),
  bug('REAP_BEFORE_FLAG', 'stuck', 'PRODUCERS=1 MESSAGES=1 DEATHS=1', 'the dead are looked for before the flag is up'),
  bug('REVOKE_WAKES_NOBODY', 'stuck', 'PRODUCERS=1 MESSAGES=1 DEATHS=1', 'revoking wakes nobody'),
  bug('REVOKE_ASKS_FLAG', 'stuck', 'PRODUCERS=1 MESSAGES=1 DEATHS=1', 'revoking wakes only if the flag is up'),
  bug(
    'REVOKE_LEAVES_SENDERS',
    'stuck',
    'PRODUCERS=2 MESSAGES=1 CLOSES DEATHS=1 UNITS_MIN=4 UNITS_MAX=4 START=254',
    'revoking who died in close wakes no producer',
  ),
  bug('RELEASE_LOOKS_FIRST', 'stuck', FULL_RING, 'release looks for waiting producers before it moves the head'),
  bug('WAITER_FLAG_LATE', 'stuck', FULL_RING, 'a producer raises its flag after the last look at the head'),
  bug('WAKES_READ_LATE', 'stuck', FULL_RING, 'a producer reads what it waits on after the last look at the head'),
  bug('NO_WAKE_COUNT', 'stuck', FULL_RING, 'a wake-up for space does not count'),
  bug('WAITER_WAKES_NOBODY', 'stuck', `${FULL_RING} DOZE`, 'who finds no room does not wake a dozing consumer'),
  bug('WAKE_NO_DOZER', 'stuck', 'PRODUCERS=1 MESSAGES=1 REQUESTS=1 DOZE', 'a request wakes who is parked only'),
  bug('CLOSE_WAKES_NO_PRODUCER', 'stuck', `${FULL_RING} CLOSE_AT_ANY_TIME POISONED`, 'close wakes no producer'),
  bug(
    'CLOSE_WAKES_NO_CONSUMER',
    'stuck',
    'PRODUCERS=1 MESSAGES=1 CLOSE_AT_ANY_TIME',
    'close does not wake the consumer',
  ),
  {
    name: 'CLAIM_OVER_HALF',
    what: 'a claim may be larger than half of the ring',
    found: 'stuck',
    defines: ['PRODUCERS=1', 'MESSAGES=1', 'UNITS_MIN=5', 'UNITS_MAX=5', 'START=252'],
  },
  {
    name: 'DOZE_WITHOUT_END',
    what: 'a doze has no time-out: with a second producer, one that waits for space can depend on it',
    found: 'stuck',
    defines: ['PRODUCERS=2', 'MESSAGES=2', 'UNITS_MIN=4', 'UNITS_MAX=4', 'DOZE'],
  },
]

export const HARMLESS: readonly Harmless[] = [
  {
    name: 'ROOM_WITHOUT_PAD',
    what: 'a shared claim asks for room without the padding',
    why: 'it asks again behind the padding, and padding is smaller than the claim; only room is wasted',
    defines: ['HARMLESS_ROOM_WITHOUT_PAD', 'SPINS', 'PRODUCERS=2', 'MESSAGES=2', 'UNITS_MIN=3'],
  },
  {
    name: 'WAKE_BY_STORE',
    what: 'who wakes reads the parked flag and stores 0, in two steps instead of one exchange',
    why: 'who has read a raised flag always notifies after it; it may lower the flag of the next sleep, but wakes that too',
    defines: ['HARMLESS_WAKE_BY_STORE', 'PRODUCERS=2', 'MESSAGES=1'],
  },
]
