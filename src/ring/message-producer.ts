import { optionError, RingwalError } from '../errors.ts'
import type { SharedMemory } from '../wasm.ts'
import { attachQueue, claimBytes, maxMessageBytesOf, PREFIX_BYTES } from './message-layout.ts'
import type { RingMemory } from './ring-memory.ts'
import { CLAIM_CLOSED, CLAIM_FULL, RingProducer } from './ring-producer.ts'

/** A producer's place in a queue: plain data, for `workerData` or `postMessage`. */
export interface ProducerPort {
  readonly memory: SharedMemory
  readonly owner: number
}

/** One thread's way to send to a `MessageQueue`. A port serves one producer in one thread, once. */
export class MessageProducer {
  readonly maxMessageBytes: number

  private readonly ring: RingMemory
  private readonly producer: RingProducer
  private isClosed = false

  /** @throws ERR_RINGWAL_INPUT if the port's memory holds no queue */
  constructor(port: ProducerPort) {
    this.ring = attachQueue(port.memory)
    this.maxMessageBytes = maxMessageBytesOf(this.ring)
    this.producer = RingProducer.further(this.ring, port.owner)
  }

  /**
   * Sends a copy of `message`; while the queue is full it blocks the thread.
   * @param timeoutMs longest wait, 0 to Infinity (the default).
   * @param tag any u32, given to the receiver with the message; 0 by default.
   * @returns the message's sequence number.
   * @throws ERR_RINGWAL_TIMEOUT, ERR_RINGWAL_CLOSED, ERR_RINGWAL_TOO_LARGE, ERR_RINGWAL_INPUT; nothing is sent then
   */
  send(message: Uint8Array, timeoutMs: number = Number.POSITIVE_INFINITY, tag = 0): number {
    const bytes = this.check(message, tag)
    const sequence = this.put(this.producer.claim(bytes, 1, timeoutMs), message, tag)
    if (sequence !== undefined) return sequence
    throw new RingwalError('ERR_RINGWAL_TIMEOUT', `the queue stayed full for ${timeoutMs} ms`, { timeoutMs })
  }

  /** Like `send`, but returns undefined at once where `send` would wait. */
  trySend(message: Uint8Array, tag = 0): number | undefined {
    const bytes = this.check(message, tag)
    return this.put(this.producer.tryClaim(bytes), message, tag)
  }

  /** Gives the place back, for another thread to take. What was sent is still received. */
  close(): void {
    this.isClosed = true
    this.ring.returnOwner(this.producer.owner)
  }

  /** Refuses before the claim what must not fail after it. @returns the bytes to claim. */
  private check(message: Uint8Array, tag: number): number {
    if (this.isClosed) throw new RingwalError('ERR_RINGWAL_CLOSED', 'the producer is closed')
    if (!(message instanceof Uint8Array)) throw new RingwalError('ERR_RINGWAL_INPUT', 'a message must be a Uint8Array')
    if (message.length > this.maxMessageBytes) {
      const facts = { bytes: message.length, limit: this.maxMessageBytes }
      throw new RingwalError(
        'ERR_RINGWAL_TOO_LARGE',
        `a message of ${facts.bytes} bytes; at most ${facts.limit}`,
        facts,
      )
    }
    if (tag >>> 0 !== tag) throw optionError('tag', tag, 'an integer from 0 to 4294967295')
    return claimBytes(message.length)
  }

  private put(at: number, message: Uint8Array, tag: number): number | undefined {
    if (at === CLAIM_FULL) return undefined
    if (at === CLAIM_CLOSED) throw new RingwalError('ERR_RINGWAL_CLOSED', 'the queue is closed')
    const { bytes, words } = this.ring
    words[at >> 2] = message.length
    words[(at + 4) >> 2] = tag
    bytes.set(message, at + PREFIX_BYTES)
    this.producer.publish()
    return this.producer.sequence
  }
}
