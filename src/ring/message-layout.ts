/*
 * A message in its claim, with up to 31 unused bytes behind it:
 *
 *   0 length u32, or DROPPED   4 tag u32, or the bytes of the dropped claim   8 message
 *
 * User area of a queue's ring: 0 magic u32, 4 largest message u32.
 */
import { RingwalError } from '../errors.ts'
import type { SharedMemory } from '../wasm.ts'
import { RingMemory } from './ring-memory.ts'

export const PREFIX_BYTES = 8
/** Stands for the length of a message whose producer died; 0xffffffff as a u32. */
export const DROPPED: number = -1
export const QUEUE_USER_BYTES = 8

const QUEUE_MAGIC = 0x3151474d // "MGQ1"
const CLAIM_BYTES_MIN = 32

/** Bytes of ring that a message of this length takes. */
export function claimBytes(length: number): number {
  return Math.max(CLAIM_BYTES_MIN, (length + PREFIX_BYTES + 7) & ~7)
}

/** Makes a queue of a fresh ring. */
export function markQueue(ring: RingMemory, maxMessageBytes: number): void {
  ring.words[(ring.userAt + 4) >> 2] = maxMessageBytes
  Atomics.store(ring.words, ring.userAt >> 2, QUEUE_MAGIC)
}

export function maxMessageBytesOf(ring: RingMemory): number {
  return ring.words[(ring.userAt + 4) >> 2]!
}

/** Wraps the ring of a queue. @throws ERR_RINGWAL_INPUT if `memory` holds none */
export function attachQueue(memory: SharedMemory): RingMemory {
  const ring = RingMemory.attach(memory)
  const isQueue = ring.userBytes >= QUEUE_USER_BYTES && Atomics.load(ring.words, ring.userAt >> 2) === QUEUE_MAGIC
  const largest = maxMessageBytesOf(ring)
  if (!isQueue || largest < 0 || largest > ring.claimMax - PREFIX_BYTES) {
    throw new RingwalError('ERR_RINGWAL_INPUT', 'the memory holds a ring, but no message queue')
  }
  return ring
}
