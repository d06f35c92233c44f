import { RingConsumer, RingMemory, type RingOptions, RingProducer } from '../../src/ring/index.ts'
import {
  BLOCK_BYTES,
  BLOCK_COUNT_AT,
  BLOCKS_AT,
  SLOT_OWNER_MASK,
  SLOT_OWNER_SHIFT,
  SLOT_PAD,
  SLOT_PUBLISHED,
  SLOT_UNITS_MASK,
  SLOT_USED,
  TAIL_AT,
} from '../../src/ring/layout.ts'

/** A ring with its consumer and one producer, claims stamped so that the tests can tell them apart. */
export class Rig {
  readonly ring: RingMemory
  readonly producer: RingProducer
  readonly consumer: RingConsumer
  nextSequence: number

  constructor(options: Partial<RingOptions> & { shared?: boolean } = {}) {
    const { shared = false, capacity = 4096, ...rest } = options
    this.ring = RingMemory.create({ capacity, ...rest })
    this.nextSequence = options.firstSequence ?? 1
    this.producer = RingProducer.first(this.ring, this.nextSequence)
    if (shared) this.producer.share()
    this.consumer = new RingConsumer(this.ring)
  }

  /** A producer as another thread would have it: with a kernel instance and views of its own. */
  further(): RingProducer {
    return RingProducer.further(RingMemory.attach(this.ring.memory), this.ring.takeOwner())
  }

  /** Claims, fills the claim with its size and a stamp, and publishes. @returns its sequence number */
  send(bytes: number, stamp = 1, producer: RingProducer = this.producer, count = 1): number {
    const at = producer.tryClaim(bytes, count)
    if (at < 0) throw new Error(`claim of ${bytes} bytes refused: ${at}`)
    fill(this.ring, at, bytes, stamp, count)
    producer.publish()
    return producer.sequence
  }

  /** Takes everything there is; checks every byte of it. @returns the stamps, in order */
  drain(limit: number = this.ring.capacity): number[] {
    const stamps: number[] = []
    for (let bytes = this.consumer.collect(limit); bytes !== 0; bytes = this.consumer.collect(limit)) {
      for (let at = this.consumer.at, end = at + bytes; at < end; at += this.ring.words[at >> 2]!) {
        stamps.push(this.checked(at))
        this.nextSequence += this.ring.words[(at >> 2) + 2]!
      }
      this.consumer.release(this.nextSequence)
    }
    return stamps
  }

  private checked(at: number): number {
    const bytes = this.ring.words[at >> 2]!
    const stamp = this.ring.words[(at >> 2) + 1]!
    if (bytes < 32) throw new Error(`no claim at ${at}`)
    for (let i = at + 12; i < at + bytes; i++) {
      if (this.ring.bytes[i] !== (stamp & 0xff)) throw new Error(`the claim at ${at} is damaged at ${i}`)
    }
    return stamp
  }
}

/** Writes what `drain` expects of a claim. */
export function fill(ring: RingMemory, at: number, bytes: number, stamp: number, count = 1): void {
  ring.words[at >> 2] = bytes
  ring.words[(at >> 2) + 1] = stamp
  ring.words[(at >> 2) + 2] = count
  ring.bytes.fill(stamp & 0xff, at + 12, at + bytes)
}

/*
 * What a thread does inside a claim, one atomic step at a time, so that a test can stop it in between: claims.as.ts.
 */

export interface TailView {
  readonly tail: bigint
  readonly slot: number
  readonly word: number
  readonly offset: number
}

/** Step 1: reads the tail and the slot there; where that is taken, moves the tail on for its claimer first. */
export function lookAtTail(ring: RingMemory): TailView {
  const view = viewOfTail(ring)
  if ((view.word & SLOT_USED) === 0) return view
  const place = (view.word >>> SLOT_OWNER_SHIFT) & SLOT_OWNER_MASK
  const count = Atomics.load(ring.words, (BLOCKS_AT + place * BLOCK_BYTES + BLOCK_COUNT_AT) >> 2)
  moveTail(ring, view, (view.word & SLOT_UNITS_MASK) * 8, (view.word & SLOT_PAD) === 0 ? count : 0)
  return lookAtTail(ring)
}

function viewOfTail(ring: RingMemory): TailView {
  const tail = Atomics.load(tails(ring), 0)
  const offset = Number(tail & 0xffffffffn) & (ring.capacity / 8 - 1)
  const slot = (ring.slotsAt >> 2) + (offset >>> 2)
  return { tail, slot, word: Atomics.load(ring.words, slot), offset }
}

/** Step 2: the claim proper. @returns whether it succeeded */
export function claimSlot(ring: RingMemory, view: TailView, place: number, bytes: number, count = 1): boolean {
  Atomics.store(ring.words, (BLOCKS_AT + place * BLOCK_BYTES + BLOCK_COUNT_AT) >> 2, count)
  const word = SLOT_USED | (place << SLOT_OWNER_SHIFT) | (bytes >>> 3)
  return Atomics.compareExchange(ring.words, view.slot, view.word, word) === view.word
}

/** Step 2 for the padding before the end of the ring. */
export function claimPad(ring: RingMemory, view: TailView): boolean {
  const word = SLOT_USED | SLOT_PUBLISHED | SLOT_PAD | (ring.capacity / 8 - view.offset)
  return Atomics.compareExchange(ring.words, view.slot, view.word, word) === view.word
}

/** Step 3: moves the tail. @returns whether nobody else had */
export function moveTail(ring: RingMemory, view: TailView, bytes: number, count = 1): boolean {
  const position = (view.tail + BigInt(bytes >>> 3)) & 0xffffffffn
  const sequence = ((view.tail >> 32n) + BigInt(count)) & 0xffffffffn
  const next = (sequence << 32n) | position
  return Atomics.compareExchange(tails(ring), 0, view.tail, next) === view.tail
}

function tails(ring: RingMemory): BigUint64Array<SharedArrayBuffer> {
  return new BigUint64Array(ring.memory.buffer, TAIL_AT, 1)
}
