import { RingwalError } from '../errors.ts'
import {
  BLOCK_BYTES,
  BLOCK_COUNT_AT,
  BLOCKS_AT,
  CONSUMED_AT,
  DOZING_AT,
  HEAD_AT,
  OWNERS_MAX,
  PARKED_AT,
  SLOT_OWNER_MASK,
  SLOT_OWNER_SHIFT,
  SLOT_PAD,
  SLOT_PUBLISHED,
  SLOT_UNITS_MASK,
  SLOT_USED,
  SPACE_WAITERS_AT,
  STOP_AT,
  STOP_LIMIT,
  STOP_SLOT_AT,
  STOP_WRAP,
  UNIT_SHIFT,
  UNITS_PER_SLOT_SHIFT,
} from './layout.ts'
import { deadOwnerAt, hasRevoked } from './owners.ts'
import type { RingMemory } from './ring-memory.ts'

/** A claim whose thread died before it published. */
export interface AbandonedClaim {
  /** The owner number that was revoked. */
  readonly owner: number
  /** Address in `ring.bytes`. */
  readonly at: number
  readonly bytes: number
  /** Sequence numbers that it took. */
  readonly count: number
}

/**
 * The one consumer of a ring, for as long as the ring lives. Collect what is published, use it in place, release it.
 *
 * Between `collect` and `release` the bytes belong to the consumer, as do the `margin` bytes before them.
 */
export class RingConsumer {
  readonly ring: RingMemory
  /** Address of the first byte not yet collected, which is where the last collect began until it is released. */
  at: number

  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly capacityUnits: number
  private position: number
  private collected = 0
  private lap = 1
  /** Units from `position` on that are known to be published. */
  private readyUnits = 0
  /** For dead owners: a position behind which nothing of theirs can stand. */
  private readonly lastClaims = new Map<number, number>()

  constructor(ring: RingMemory) {
    this.ring = ring
    this.words = ring.words
    this.capacityUnits = ring.capacity >>> UNIT_SHIFT
    this.position = (Atomics.load(this.words, HEAD_AT >> 2) + (ring.margin >>> UNIT_SHIFT)) | 0
    this.at = this.addressOf(this.position)
  }

  /**
   * Takes what is published, in order and in one piece, `limit` bytes (up to the capacity) at most.
   * @returns the number of bytes, from `at` on; 0 if there is nothing, or nothing that fits `limit`.
   */
  collect(limit: number): number {
    const { kernel, slotsAt } = this.ring
    const units = kernel.collect(slotsAt, this.capacityUnits, this.position, limit >>> UNIT_SHIFT, this.lap)
    this.collected = units
    if (units !== 0) return units << UNIT_SHIFT
    if (this.words[STOP_AT >> 2] !== STOP_WRAP) return 0
    this.advance(this.words[STOP_SLOT_AT >> 2]! & SLOT_UNITS_MASK)
    return this.collect(limit)
  }

  /** Bytes of the published claim at which a collect stopped because of its limit; 0 if it stopped for another reason. */
  get blockedBytes(): number {
    if (this.words[STOP_AT >> 2] !== STOP_LIMIT) return 0
    return (this.words[STOP_SLOT_AT >> 2]! & SLOT_UNITS_MASK) << UNIT_SHIFT
  }

  /**
   * Gives back what was collected.
   * @param nextSequence the sequence number that follows the last one collected.
   */
  release(nextSequence: number): void {
    this.advance(this.collected)
    this.collected = 0
    const head = (this.position - (this.ring.margin >>> UNIT_SHIFT)) | 0
    this.ring.kernel.release(head, nextSequence, Math.floor(nextSequence / 4294967296))
    if (Atomics.load(this.words, SPACE_WAITERS_AT >> 2) !== 0) this.ring.wakeSpaceWaiters()
  }

  /** The sequence number given to the last `release`; that of the ring's first claim before any. */
  get nextSequence(): number {
    const high = Atomics.load(this.words, (CONSUMED_AT >> 2) + 1) >>> 0
    return high * 4294967296 + (Atomics.load(this.words, CONSUMED_AT >> 2) >>> 0)
  }

  /** Whether something is published, or claimed by a dead thread, at the place where the next collect begins. */
  get hasWork(): boolean {
    const word = this.nextWord()
    if ((word & SLOT_USED) === 0) return false
    return (word & SLOT_PUBLISHED) !== 0 || this.isDead(word)
  }

  /**
   * Whether at least `bytes` are published at the place where the next collect begins, or all that it can take in one
   * piece. Takes nothing; asked again and again, it looks only at what has come since.
   */
  hasReady(bytes: number): boolean {
    const start = this.position & (this.capacityUnits - 1)
    while (this.readyUnits << UNIT_SHIFT < bytes) {
      const offset = start + this.readyUnits
      if (offset >= this.capacityUnits) return true
      const word = Atomics.load(this.words, (this.ring.slotsAt >> 2) + (offset >>> UNITS_PER_SLOT_SHIFT))
      if ((word & SLOT_PUBLISHED) === 0 || (word & SLOT_USED) === 0) return false
      if ((word & SLOT_PAD) !== 0) return true
      this.readyUnits += word & SLOT_UNITS_MASK
    }
    return true
  }

  /** Bytes that the latest `hasReady` found. */
  get readyBytes(): number {
    return this.readyUnits << UNIT_SHIFT
  }

  /** Whether anything at all, published or not, is claimed at the place where the next collect begins. */
  get isClaimed(): boolean {
    return (this.nextWord() & SLOT_USED) !== 0
  }

  /**
   * The claim that stopped the last collect, which returned 0, if its thread is dead. Its bytes may be anything. The
   * consumer writes over them what stands for a lost claim, and then must `adopt` it.
   */
  abandonedClaim(): AbandonedClaim | undefined {
    const word = this.nextWord()
    if ((word & SLOT_USED) === 0 || (word & SLOT_PUBLISHED) !== 0) return undefined
    const place = (word >>> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK
    const owner = deadOwnerAt(this.words, place)
    // Once the owner is seen to be dead the word is final; before, it could publish and die after the first look.
    if (owner === undefined || this.nextWord() !== word) return undefined
    const count = Atomics.load(this.words, (BLOCKS_AT + place * BLOCK_BYTES + BLOCK_COUNT_AT) >> 2)
    return { owner, at: this.at, bytes: (word & SLOT_UNITS_MASK) << UNIT_SHIFT, count }
  }

  /**
   * Publishes an abandoned claim in its dead owner's place: the next collect takes it.
   * @throws ERR_RINGWAL_INTERNAL if there is none: the claim of a living thread is never to be published for it
   */
  adopt(): void {
    if (this.abandonedClaim() === undefined) {
      throw new RingwalError('ERR_RINGWAL_INTERNAL', 'there is no abandoned claim to adopt')
    }
    const word = this.nextWord()
    this.ring.kernel.helpTail(this.position, word)
    Atomics.store(this.words, this.slotWord(), word | SLOT_PUBLISHED)
  }

  /**
   * Blocks until a producer publishes, `wakeConsumer` is called or `timeoutMs` passes.
   * @param stay asked once more after the parked flag is up, before the last look at the ring: true if there is something to
   *   do after all.
   */
  park(timeoutMs: number, stay: () => boolean): void {
    this.sleep(PARKED_AT, timeoutMs, stay)
  }

  /**
   * As `park`, but what is published meanwhile waits for `timeoutMs`, so that no producer pays for a wake-up: short enough
   * that the ring does not fill. `wakeConsumer` ends it, and a producer that finds no room.
   */
  doze(timeoutMs: number, stay: () => boolean): void {
    this.sleep(DOZING_AT, timeoutMs, stay)
  }

  private sleep(flagAt: number, timeoutMs: number, stay: () => boolean): void {
    Atomics.store(this.words, flagAt >> 2, 1)
    // Whose death came before the flag woke nobody.
    this.reapOwners()
    // In this order: padding wakes nobody, so it must come before the second look, or find the slot that `seal` has barred.
    if (!stay() && !this.hasWork) Atomics.wait(this.words, flagAt >> 2, 1, timeoutMs)
    Atomics.store(this.words, flagAt >> 2, 0)
  }

  /**
   * Frees the places of dead owners whose last claim is behind. Call it after a release, or when there is nothing to
   * collect; as long as nobody died it costs one load.
   */
  reapOwners(): void {
    if (!hasRevoked(this.words)) return
    for (let place = 0; place < OWNERS_MAX; place++) {
      const owner = deadOwnerAt(this.words, place)
      if (owner === undefined) continue
      // The dead claim nothing more: their last claim stands at the tail as it is now, or before it.
      const last = this.lastClaims.get(owner) ?? this.ring.kernel.tailPosition()
      if (this.hasPassed(last)) {
        this.lastClaims.delete(owner)
        this.ring.returnOwner(owner)
      } else this.lastClaims.set(owner, last)
    }
  }

  /**
   * For a closed ring whose producers share it: makes claims that are still under way fail.
   * @returns true if so, and if everything claimed is released; false if there is something left to collect or adopt.
   */
  seal(): boolean {
    if (this.ring.closed === 0 || this.collected !== 0) return false
    const word = this.nextWord()
    // A free slot at this place is the one at the tail. With another lap in it, no compare-and-swap from an earlier
    // view succeeds, and a second look finds the ring closed.
    return (word & SLOT_USED) === 0 && Atomics.compareExchange(this.words, this.slotWord(), word, this.lap) === word
  }

  /** Whether the claim that began at `position`, if any, is released. */
  private hasPassed(position: number): boolean {
    const ahead = (this.position - position) | 0
    return ahead > 0 || (ahead === 0 && (this.nextWord() & SLOT_USED) === 0)
  }

  private advance(units: number): void {
    const before = this.position & (this.capacityUnits - 1)
    this.position = (this.position + units) | 0
    this.readyUnits = 0
    if (before + units === this.capacityUnits) this.lap = this.lap === 0x7fffffff ? 1 : this.lap + 1
    this.at = this.addressOf(this.position)
  }

  private addressOf(position: number): number {
    return this.ring.base + ((position & (this.capacityUnits - 1)) << UNIT_SHIFT)
  }

  private slotWord(): number {
    return (this.ring.slotsAt >> 2) + ((this.position & (this.capacityUnits - 1)) >>> UNITS_PER_SLOT_SHIFT)
  }

  private nextWord(): number {
    return Atomics.load(this.words, this.slotWord())
  }

  private isDead(word: number): boolean {
    return deadOwnerAt(this.words, (word >>> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK) !== undefined
  }
}
