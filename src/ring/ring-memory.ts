import { optionError, RingwalError } from '../errors.ts'
import { createSharedMemory, type SharedMemory } from '../wasm.ts'
import { type ClaimsKernel, instantiateClaimsKernel } from './kernel/claims-kernel.ts'
import {
  CAPACITY_AT,
  CLOSED_AT,
  DOZING_AT,
  HEAD_AT,
  MAGIC_AT,
  MARGIN_AT,
  PARKED_AT,
  SLOT_UNITS_MASK,
  SPACE_WAITERS_AT,
  SPACE_WAKES_AT,
  UNIT_SHIFT,
  USER_AT,
  USER_BYTES_AT,
} from './layout.ts'
import { freeOwner, ownerState, revokeOwner, takeOwner } from './owners.ts'

const MAGIC = 0x31474e52 // "RNG1"
const PAGE = 4096
/** In the place of a reason to close: no claim succeeds, and one that comes later may. */
const PAUSED = -2147483648
const CAPACITY_MIN = 4096
const CAPACITY_MAX = 128 * 1024 * 1024
const USER_BYTES_MAX = 16 * 1024 * 1024

export interface RingOptions {
  /** Size in bytes: a power of two from 4096 to 134217728. See `claimMax` for the largest claim. */
  readonly capacity: number
  /** Bytes, from 0 to 4096 in steps of 8, before the consumer's place that stay the consumer's own until its next release. */
  readonly margin?: number
  /** Bytes to set aside for whoever embeds the ring, from `userAt` on; rounded up to 4096. */
  readonly userBytes?: number
  /** Where the position counter starts, in units of 8 bytes, 0 to 2^32 - 1: for tests of the wrap. */
  readonly startPosition?: number
  /** First sequence number, 0 to 2^53 - 1. 1 by default. */
  readonly firstSequence?: number
}

/**
 * The shared memory of one ring, with the views and the kernel through which this thread works on it.
 *
 * The memory is a shared `WebAssembly.Memory`: post `ring.memory` to another thread and wrap it there with
 * `RingMemory.attach`.
 */
export class RingMemory {
  readonly memory: SharedMemory
  /** The whole memory; claims are addresses in it. */
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly words: Int32Array<SharedArrayBuffer>
  readonly kernel: ClaimsKernel
  readonly capacity: number
  readonly margin: number
  /** Address of the user area. */
  readonly userAt: number = USER_AT
  readonly userBytes: number
  /** Address of the slots. */
  readonly slotsAt: number
  /** Address of the ring's first byte. */
  readonly base: number

  private constructor(memory: SharedMemory) {
    this.memory = memory
    this.bytes = new Uint8Array(memory.buffer)
    this.words = new Int32Array(memory.buffer)
    this.capacity = this.words[CAPACITY_AT >> 2]!
    this.margin = this.words[MARGIN_AT >> 2]!
    this.userBytes = this.words[USER_BYTES_AT >> 2]!
    const places = placesOf(this.capacity, this.userBytes)
    this.slotsAt = places.slots
    this.base = places.base
    this.kernel = instantiateClaimsKernel(memory)
  }

  /** Makes a ring. @throws ERR_RINGWAL_OPTION */
  static create(options: RingOptions): RingMemory {
    const { capacity, margin = 0, userBytes = 0, startPosition = 0, firstSequence = 1 } = options
    if (!isCapacity(capacity)) {
      throw optionError('capacity', capacity, `a power of two from ${CAPACITY_MIN} to ${CAPACITY_MAX}`)
    }
    if (!isMargin(margin, capacity)) {
      throw optionError('margin', margin, 'a multiple of 8 from 0 to 4096, at most an eighth of capacity')
    }
    if (!Number.isInteger(userBytes) || userBytes < 0 || userBytes > USER_BYTES_MAX) {
      throw optionError('userBytes', userBytes, 'an integer from 0 to 16777216')
    }
    if (!Number.isInteger(startPosition) || startPosition < 0 || startPosition >= 2 ** 32) {
      throw optionError('startPosition', startPosition, 'an integer from 0 to 4294967295')
    }
    if (!Number.isSafeInteger(firstSequence) || firstSequence < 0) {
      throw optionError('firstSequence', firstSequence, 'an integer from 0 to 2^53 - 1')
    }
    return RingMemory.build(capacity, margin, userBytes, startPosition, firstSequence)
  }

  private static build(capacity: number, margin: number, userBytes: number, start: number, first: number): RingMemory {
    const user = Math.ceil(userBytes / PAGE) * PAGE
    const memory = createSharedMemory(placesOf(capacity, user).end)
    const words = new Int32Array(memory.buffer)
    words[CAPACITY_AT >> 2] = capacity
    words[USER_BYTES_AT >> 2] = user
    words[MARGIN_AT >> 2] = margin
    Atomics.store(words, MAGIC_AT >> 2, MAGIC)
    const ring = new RingMemory(memory)
    ring.kernel.setTail(start, first)
    ring.kernel.release(start - (margin >> UNIT_SHIFT), first, Math.floor(first / 2 ** 32))
    return ring
  }

  /** Wraps the memory of a ring that another thread made. @throws ERR_RINGWAL_INPUT if it holds none */
  static attach(memory: SharedMemory): RingMemory {
    if (!holdsRing(memory)) throw new RingwalError('ERR_RINGWAL_INPUT', 'the memory holds no ring')
    return new RingMemory(memory)
  }

  /**
   * The largest number of bytes that one claim can take: half of what `margin` leaves of the capacity. A larger one
   * might need more padding before the end of the ring than an empty ring has room for, and wait for ever.
   */
  get claimMax(): number {
    return Math.min((this.capacity - this.margin) >>> (UNIT_SHIFT + 1), SLOT_UNITS_MASK) << UNIT_SHIFT
  }

  /**
   * Has the system give memory for every page now, in pieces of 64, so that the first lap around the ring costs its
   * producers no page faults. From any thread, while others work on the ring: it changes nothing.
   */
  *touchPages(): Generator<undefined, void> {
    for (let at = this.slotsAt; at < this.bytes.length; at += PAGE) {
      Atomics.or(this.words, at >> 2, 0)
      if (at % (64 * PAGE) === 0) yield
    }
  }

  /** Takes an owner number for a producer thread. @throws ERR_RINGWAL_THREADS when all 64 are taken */
  takeOwner(): number {
    return takeOwner(this.words)
  }

  /**
   * Gives an owner number back. Only when its thread has nothing claimed and unpublished, and will claim no more.
   * The number never comes back: to return or to revoke it later does nothing.
   */
  returnOwner(owner: number): void {
    freeOwner(this.words, owner)
  }

  /**
   * Declares the thread that holds `owner` dead, so that the consumer may pass over a claim it left unpublished.
   * Only on certain knowledge (the thread's `exit` event, or the closing of a port that it held): if the thread lives
   * and publishes later, the ring is corrupted. May be called from any thread; of a number that was given back it does
   * nothing.
   */
  revokeOwner(owner: number): void {
    revokeOwner(this.words, owner)
    // The dead thread may have lowered a flag, and not have come to notify any more.
    for (const at of [PARKED_AT, DOZING_AT]) {
      Atomics.store(this.words, at >> 2, 0)
      Atomics.notify(this.words, at >> 2)
    }
    this.wakeSpaceWaiters()
  }

  /** OWNER_ALIVE, OWNER_DEAD, or OWNER_FREE if the number was given back. */
  ownerState(owner: number): number {
    return ownerState(this.words, owner)
  }

  /**
   * Lets no claim succeed that begins after it, and wakes who waits for space. `reason` is any 32-bit integer but 0 and -2^31.
   * A claim under way may still succeed: see `RingConsumer.seal` for when the last one is known.
   */
  close(reason: number): void {
    while (this.closed === 0) {
      Atomics.compareExchange(this.words, CLOSED_AT >> 2, 0, reason)
      Atomics.compareExchange(this.words, CLOSED_AT >> 2, PAUSED, reason)
    }
    this.wakeSpaceWaiters()
    this.wakeConsumer()
  }

  /** 0 while open, also while paused, else the reason given to `close`. */
  get closed(): number {
    const reason = Atomics.load(this.words, CLOSED_AT >> 2)
    return reason === PAUSED ? 0 : reason
  }

  /**
   * Lets no claim succeed until `resume`, as if the ring were closed: it is the same word, so that a claim pays nothing for it. Wakes
   * who waits for space. A claim under way may still succeed. Does nothing for a closed ring.
   */
  pause(): void {
    Atomics.compareExchange(this.words, CLOSED_AT >> 2, 0, PAUSED)
    this.wakeSpaceWaiters()
  }

  /** Ends a pause. What is closed stays closed. */
  resume(): void {
    Atomics.compareExchange(this.words, CLOSED_AT >> 2, PAUSED, 0)
  }

  get isPaused(): boolean {
    return Atomics.load(this.words, CLOSED_AT >> 2) === PAUSED
  }

  /** Wakes the consumer if it is parked or dozing. */
  wakeConsumer(): void {
    if (Atomics.exchange(this.words, PARKED_AT >> 2, 0) !== 0) Atomics.notify(this.words, PARKED_AT >> 2)
    if (Atomics.exchange(this.words, DOZING_AT >> 2, 0) !== 0) Atomics.notify(this.words, DOZING_AT >> 2)
  }

  /**
   * Blocks until the consumer frees space, `timeoutMs` passes or the ring is closed; wakes up early at times.
   * `head` is the head word as it was before there was too little room.
   */
  waitForRelease(head: number, timeoutMs: number): void {
    const wakes = this.expectRelease(head)
    if (wakes !== undefined) Atomics.wait(this.words, SPACE_WAKES_AT >> 2, wakes, timeoutMs)
  }

  /**
   * The first half of `waitForRelease`, for who waits in another way: asks the consumer for a wake-up.
   * @returns the value of the word at SPACE_WAKES_AT to wait on, or undefined if there is no need to wait.
   */
  expectRelease(head: number): number | undefined {
    // The order counts. A release or close after the two checks finds the flag and moves the word away from `wakes`.
    const wakes = Atomics.load(this.words, SPACE_WAKES_AT >> 2)
    Atomics.store(this.words, SPACE_WAITERS_AT >> 2, 1)
    this.wakeConsumer()
    if (this.closed !== 0 || this.isPaused || Atomics.load(this.words, HEAD_AT >> 2) !== head) return undefined
    return wakes
  }

  /** Wakes every producer that waits for space. */
  wakeSpaceWaiters(): void {
    Atomics.store(this.words, SPACE_WAITERS_AT >> 2, 0)
    Atomics.add(this.words, SPACE_WAKES_AT >> 2, 1)
    Atomics.notify(this.words, SPACE_WAKES_AT >> 2)
  }
}

function isCapacity(capacity: number): boolean {
  const isPowerOfTwo = Number.isInteger(capacity) && (capacity & (capacity - 1)) === 0
  return isPowerOfTwo && capacity >= CAPACITY_MIN && capacity <= CAPACITY_MAX
}

function isMargin(margin: number, capacity: number): boolean {
  return Number.isInteger(margin) && margin >= 0 && margin <= PAGE && margin % 8 === 0 && margin <= capacity / 8
}

function holdsRing(memory: SharedMemory): boolean {
  const buffer: unknown = memory?.buffer
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength < USER_AT) return false
  const words = new Int32Array(buffer)
  if (Atomics.load(words, MAGIC_AT >> 2) !== MAGIC) return false
  const [capacity, userBytes] = [words[CAPACITY_AT >> 2]!, words[USER_BYTES_AT >> 2]!]
  if (!isCapacity(capacity) || !isMargin(words[MARGIN_AT >> 2]!, capacity)) return false
  return userBytes >= 0 && userBytes <= USER_BYTES_MAX && placesOf(capacity, userBytes).end <= buffer.byteLength
}

function placesOf(capacity: number, userBytes: number): { slots: number; base: number; end: number } {
  const slots = USER_AT + userBytes
  const base = Math.ceil((slots + capacity / 8) / PAGE) * PAGE + PAGE
  return { slots, base, end: base + capacity }
}
