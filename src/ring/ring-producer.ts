import {
  BLOCK_BYTES,
  BLOCK_SEQUENCE_AT,
  BLOCKS_AT,
  CLOSED_AT,
  HEAD_AT,
  OWNER_PLACE_MASK,
  SLOT_OWNER_SHIFT,
  SLOT_PAD,
  SLOT_PUBLISHED,
  SLOT_UNITS_MASK,
  SLOT_USED,
  UNIT_SHIFT,
  UNITS_PER_SLOT_SHIFT,
} from './layout.ts'
import type { RingMemory } from './ring-memory.ts'

/** There is no room now. */
export const CLAIM_FULL = -1
/** The ring is closed, or paused, or this producer has ended. */
export const CLAIM_CLOSED = -2

/** Turns of a spin before a producer parks for space. */
const SPACE_SPINS = 200

/**
 * One thread's way into the ring. Claim, write the bytes, publish: nothing may throw or wait in between.
 *
 * As long as it is the only producer (`exclusive`), a claim is additions on its own counters and one atomic store to
 * publish. `share()` goes over, for good, to claims by compare-and-swap, which other threads can make too. An exclusive
 * producer leaves no trace of a claim before it publishes, so that only its own thread can close the ring for certain.
 */
export class RingProducer {
  readonly ring: RingMemory
  readonly owner: number
  /** 0 to 63: no two producers alive have the same. */
  readonly place: number
  /** Sequence number of the first (or only) item of the last claim. */
  sequence = 0

  private exclusive: boolean
  private ended = false
  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly capacityUnits: number
  private readonly mask: number
  private readonly slots: number
  private readonly sequenceWord: number
  private readonly publishedWord: number
  private position: number
  private nextSequence: number
  private head: number
  private claimedSlot = 0
  private claimedWord = 0

  private constructor(ring: RingMemory, owner: number, exclusive: boolean, nextSequence: number) {
    this.ring = ring
    this.owner = owner
    this.exclusive = exclusive
    this.words = ring.words
    this.capacityUnits = ring.capacity >>> UNIT_SHIFT
    this.mask = this.capacityUnits - 1
    this.slots = ring.slotsAt >> 2
    this.place = owner & OWNER_PLACE_MASK
    this.sequenceWord = (BLOCKS_AT + this.place * BLOCK_BYTES + BLOCK_SEQUENCE_AT) >> 2
    this.publishedWord = SLOT_USED | SLOT_PUBLISHED | (this.place << SLOT_OWNER_SHIFT)
    this.position = ring.kernel.tailPosition()
    this.nextSequence = nextSequence
    this.head = Atomics.load(this.words, HEAD_AT >> 2)
  }

  /** The first producer of a fresh ring, and its only one until it shares. `firstSequence` is that of the ring. */
  static first(ring: RingMemory, firstSequence: number): RingProducer {
    return new RingProducer(ring, ring.takeOwner(), true, firstSequence)
  }

  /** A further producer, in any thread, under an owner number taken for it. The first one must have shared before. */
  static further(ring: RingMemory, owner: number): RingProducer {
    return new RingProducer(ring, owner, false, 0)
  }

  /** Lets other producers claim beside this one. Call it in this producer's own thread, not between claim and publish. */
  share(): void {
    if (!this.exclusive) return
    this.ring.kernel.setTail(this.position, this.nextSequence)
    this.exclusive = false
  }

  /** Claims no more: every later claim finds the ring closed. */
  end(): void {
    this.ended = true
  }

  get hasEnded(): boolean {
    return this.ended
  }

  get isShared(): boolean {
    return !this.exclusive
  }

  /**
   * Claims `bytes` (a multiple of 8, from 32 to `ring.claimMax`) in one piece, and `count` sequence numbers.
   * @returns the address in `ring.bytes`, or CLAIM_FULL, or CLAIM_CLOSED.
   */
  tryClaim(bytes: number, count = 1): number {
    if (this.ended) return CLAIM_CLOSED
    const units = bytes >>> UNIT_SHIFT
    if (!this.exclusive) return this.claimShared(units, count)
    if (this.words[CLOSED_AT >> 2] !== 0) return CLAIM_CLOSED
    let offset = this.position & this.mask
    const pad = offset + units > this.capacityUnits ? this.capacityUnits - offset : 0
    if (!this.hasRoom(pad + units)) return CLAIM_FULL
    if (pad !== 0) {
      const word = SLOT_USED | SLOT_PUBLISHED | SLOT_PAD | pad
      Atomics.store(this.words, this.slots + (offset >>> UNITS_PER_SLOT_SHIFT), word)
      this.position = (this.position + pad) | 0
      offset = 0
    }
    this.position = (this.position + units) | 0
    this.sequence = this.nextSequence
    this.nextSequence += count
    this.claimedSlot = this.slots + (offset >>> UNITS_PER_SLOT_SHIFT)
    this.claimedWord = this.publishedWord | units
    return this.ring.base + (offset << UNIT_SHIFT)
  }

  /**
   * Gives back the end of the last claim, one of one item, before it is published: all but its first `bytes` (a
   * multiple of 8, from 32 on). With 0 it gives back all of it, and its sequence number. Only while this is the
   * only producer.
   */
  shrink(bytes: number): void {
    const units = bytes >>> UNIT_SHIFT
    this.position = (this.position - (this.claimedWord & SLOT_UNITS_MASK) + units) | 0
    if (units === 0) this.nextSequence = this.sequence
    else this.claimedWord = this.publishedWord | units
  }

  /** Hands the last claim to the consumer, and wakes it if it is parked. */
  publish(): void {
    if (this.ring.kernel.publish(this.claimedSlot << 2, this.claimedWord) !== 0) this.ring.wakeConsumer()
  }

  /** Bytes claimed and not yet released by the consumer. */
  get usedBytes(): number {
    const position = this.exclusive ? this.position : this.ring.kernel.tailPosition()
    return ((position - Atomics.load(this.words, HEAD_AT >> 2)) >>> 0) << UNIT_SHIFT
  }

  /** Whether a claim of `bytes` would find room now, were no other producer to claim meanwhile. */
  hasRoomFor(bytes: number): boolean {
    const position = this.exclusive ? this.position : this.ring.kernel.tailPosition()
    const used = (position - Atomics.load(this.words, HEAD_AT >> 2)) >>> 0
    const units = bytes >>> UNIT_SHIFT
    const room = this.capacityUnits - (position & this.mask)
    return used + units + (units > room ? room : 0) <= this.capacityUnits
  }

  /**
   * Claims like `tryClaim`; where there is no room it spins, then blocks until there is, at most `timeoutMs` together.
   * @returns the address, CLAIM_CLOSED, or CLAIM_FULL after the time-out.
   */
  claim(bytes: number, count: number, timeoutMs: number): number {
    const at = this.tryClaim(bytes, count)
    return at === CLAIM_FULL ? this.claimLater(bytes, count, timeoutMs) : at
  }

  private claimLater(bytes: number, count: number, timeoutMs: number): number {
    const deadline = performance.now() + timeoutMs
    for (let spin = 0; ; spin++) {
      const head = Atomics.load(this.words, HEAD_AT >> 2)
      const at = this.tryClaim(bytes, count)
      if (at !== CLAIM_FULL) return at
      if (spin < SPACE_SPINS) continue
      const left = deadline - performance.now()
      if (left <= 0) return CLAIM_FULL
      this.ring.waitForRelease(head, left)
    }
  }

  private claimShared(units: number, count: number): number {
    const offset = this.ring.kernel.claim(this.ring.slotsAt, this.capacityUnits, this.place, units, count)
    if (offset < 0) return offset
    const high = this.words[this.sequenceWord + 1]! >>> 0
    this.sequence = high * 4294967296 + (this.words[this.sequenceWord]! >>> 0)
    this.claimedSlot = this.slots + (offset >>> (UNIT_SHIFT + UNITS_PER_SLOT_SHIFT))
    this.claimedWord = this.publishedWord | units
    return this.ring.base + offset
  }

  private hasRoom(units: number): boolean {
    if (((this.position - this.head) >>> 0) + units <= this.capacityUnits) return true
    this.head = Atomics.load(this.words, HEAD_AT >> 2)
    return ((this.position - this.head) >>> 0) + units <= this.capacityUnits
  }
}
