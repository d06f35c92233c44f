import { optionError, RingwalError } from '../errors.ts'
import type { SharedMemory } from '../wasm.ts'
import {
  attachQueue,
  claimBytes,
  DROPPED,
  markQueue,
  maxMessageBytesOf,
  PREFIX_BYTES,
  QUEUE_USER_BYTES,
} from './message-layout.ts'
import type { ProducerPort } from './message-producer.ts'
import { RingConsumer } from './ring-consumer.ts'
import { RingMemory, type RingOptions } from './ring-memory.ts'

/** Most bytes that are taken together, and so withheld from producers at once, unless a message is larger. */
const BATCH_BYTES = 262144
/** Looks for a message before the receiver parks: a wake-up costs both sides microseconds. */
const IDLE_SPINS = 200

export interface MessageQueueOptions extends Omit<RingOptions, 'margin' | 'userBytes'> {
  /** Largest message in bytes: from 0 to half of `capacity` less 8, which is the default. */
  readonly maxMessageBytes?: number
}

/**
 * @param message the bytes, in the queue's own memory: valid until the handler returns. Undefined for a message that is
 * lost, because its producer died while sending it.
 * @param tag the number given to `send`; 0 for a lost message.
 */
export type MessageHandler = (message: Uint8Array | undefined, sequence: number, tag: number) => void

/**
 * A queue of messages from up to 64 threads to one: see README.md.
 *
 * Post `memory` to another thread and `attach` there to receive in it. One thread may receive, for as long as the queue
 * lives.
 */
export class MessageQueue {
  readonly ring: RingMemory
  readonly maxMessageBytes: number

  private readonly words: Int32Array<SharedArrayBuffer>
  private readonly batchLimit: number
  private consumer: RingConsumer | undefined
  private nextSequence = 0
  private cursor = 0
  private end = 0

  private constructor(ring: RingMemory) {
    this.ring = ring
    this.words = ring.words
    this.maxMessageBytes = maxMessageBytesOf(ring)
    this.batchLimit = Math.max(claimBytes(this.maxMessageBytes), Math.min(BATCH_BYTES, ring.claimMax))
  }

  /** @throws ERR_RINGWAL_OPTION */
  static create(options: MessageQueueOptions): MessageQueue {
    const { maxMessageBytes, ...ringOptions } = options
    const ring = RingMemory.create({ ...ringOptions, userBytes: QUEUE_USER_BYTES, margin: 0 })
    const limit = ring.claimMax - PREFIX_BYTES
    const largest = maxMessageBytes ?? limit
    if (!Number.isInteger(largest) || largest < 0 || largest > limit) {
      throw optionError('maxMessageBytes', largest, `an integer from 0 to ${limit} at this capacity`)
    }
    markQueue(ring, largest)
    return new MessageQueue(ring)
  }

  /** Wraps the queue that another thread made. @throws ERR_RINGWAL_INPUT if `memory` holds none */
  static attach(memory: SharedMemory): MessageQueue {
    return new MessageQueue(attachQueue(memory))
  }

  get memory(): SharedMemory {
    return this.ring.memory
  }

  /**
   * Takes a producer's place, to be handed to one thread. Whoever started that thread must call
   * `queue.ring.revokeOwner(port.owner)` on its `exit` event; or else a message that it left half sent, and all behind
   * it, wait for ever.
   * @throws ERR_RINGWAL_THREADS when all 64 are taken
   */
  producerPort(): ProducerPort {
    return { memory: this.ring.memory, owner: this.ring.takeOwner() }
  }

  /** Takes no further messages; those that were sent are still received. From any thread. */
  close(): void {
    this.ring.close(1)
  }

  /** For the receiving thread: whether the queue is closed and every message received. */
  get ended(): boolean {
    return this.cursor === this.end && this.receiver().seal()
  }

  /**
   * Hands the waiting messages to `handler` in their order; if there are none, waits for the first. What the handler
   * throws goes through, and its message counts as received. The handler must not call `receive`.
   * @param timeoutMs longest wait, 0 (the default) to Infinity. The thread is blocked: it gets no events meanwhile.
   * @returns the number of messages, lost ones included; 0 after the time-out or when the queue has ended.
   */
  receive(handler: MessageHandler, timeoutMs = 0): number {
    const taken = this.takeBatch(handler)
    if (taken !== 0 || !(timeoutMs > 0)) return taken
    const consumer = this.receiver()
    const deadline = performance.now() + timeoutMs
    for (let left = timeoutMs; left > 0 && !this.ended; left = deadline - performance.now()) {
      for (let spin = 0; spin < IDLE_SPINS && !consumer.hasWork; spin++);
      consumer.park(left, () => this.ended)
      const late = this.takeBatch(handler)
      if (late !== 0) return late
    }
    return 0
  }

  private takeBatch(handler: MessageHandler): number {
    const consumer = this.receiver()
    consumer.reapOwners()
    if (this.cursor === this.end) this.collectBatch(consumer)
    if (this.cursor === this.end) return 0
    const first = this.nextSequence
    try {
      while (this.cursor !== this.end) this.takeOne(handler)
    } finally {
      // If a handler throws in the middle, the next call goes on behind its message.
      if (this.cursor === this.end) consumer.release(this.nextSequence)
    }
    return this.nextSequence - first
  }

  private collectBatch(consumer: RingConsumer): void {
    let bytes = consumer.collect(this.batchLimit)
    const lost = bytes === 0 ? consumer.abandonedClaim() : undefined
    if (lost !== undefined) {
      this.words[lost.at >> 2] = DROPPED
      this.words[(lost.at + 4) >> 2] = lost.bytes
      consumer.adopt()
      bytes = consumer.collect(this.batchLimit)
    }
    this.cursor = consumer.at
    this.end = consumer.at + bytes
  }

  private takeOne(handler: MessageHandler): void {
    const at = this.cursor
    const length = this.words[at >> 2]!
    const tag = this.words[(at + 4) >> 2]!
    const bytes = length === DROPPED ? tag : claimBytes(length)
    if (length < DROPPED || length > this.maxMessageBytes || bytes <= 0 || bytes > this.end - at) {
      throw new RingwalError('ERR_RINGWAL_INTERNAL', 'the queue holds a message that no producer can have sent', { at })
    }
    this.cursor = at + bytes
    const sequence = this.nextSequence++
    if (length === DROPPED) handler(undefined, sequence, 0)
    else handler(this.ring.bytes.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + length), sequence, tag >>> 0)
  }

  private receiver(): RingConsumer {
    if (this.consumer === undefined) {
      this.consumer = new RingConsumer(this.ring)
      this.nextSequence = this.consumer.nextSequence
      this.cursor = this.consumer.at
      this.end = this.consumer.at
    }
    return this.consumer
  }
}
