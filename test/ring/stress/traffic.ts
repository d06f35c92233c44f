import { SeededRandom } from '../../support/seeded-random.ts'

const OFFSETS = 65536
/** Every so many messages one is of the next length in the cycle over all lengths; those between are short. */
const CYCLE_EVERY = 32
const SHORT_MAX = 63

/** What each producer sends, message by message: the same for producer and consumer, made from the seed alone. */
export class Traffic {
  readonly maxLength: number
  private readonly pool: Uint8Array

  constructor(seed: number, maxLength: number) {
    this.maxLength = maxLength
    this.pool = new SeededRandom(seed).bytes(maxLength + OFFSETS)
  }

  lengthOf(producer: number, index: number): number {
    if (index % CYCLE_EVERY === 0) return (index / CYCLE_EVERY + producer * 1009) % (this.maxLength + 1)
    return Math.min(mix(producer, index) >>> 26, SHORT_MAX, this.maxLength)
  }

  /** Random bytes, other ones for every message. */
  message(producer: number, index: number): Uint8Array {
    const at = mix(producer, index) & (OFFSETS - 1)
    return this.pool.subarray(at, at + this.lengthOf(producer, index))
  }

  matches(message: Uint8Array, producer: number, index: number): boolean {
    const length = this.lengthOf(producer, index)
    if (message.length !== length) return false
    const at = mix(producer, index) & (OFFSETS - 1)
    if (length > 48) return Buffer.compare(message, this.pool.subarray(at, at + length)) === 0
    for (let i = 0; i < length; i++) if (message[i] !== this.pool[at + i]) return false
    return true
  }
}

/** The finalizer of MurmurHash3. */
function mix(producer: number, index: number): number {
  let h = (index + Math.imul(producer + 1, 0x9e3779b1)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Adds a sequence number to a sum over all that one producer was given, in their order. */
export function addSequence(sum: number, sequence: number): number {
  return (Math.imul(sum ^ (sequence | 0), 0x85ebca6b) + sequence / 4294967296) | 0
}

const INDEX_BITS = 20
const INDEX_MASK = (1 << INDEX_BITS) - 1

/** Producer (0 to 4095) and index (its low 20 bits) of a message, as its tag. */
export function tagOf(producer: number, index: number): number {
  return ((producer << INDEX_BITS) | (index & INDEX_MASK)) >>> 0
}

/** Checks what a queue gives: order and content of every producer's messages, and the sequence numbers of all. */
export class Ledger {
  readonly received: Float64Array
  /** For each producer, the sum over the sequence numbers of its messages: see `addSequence`. */
  readonly sums: Int32Array
  lost = 0
  bytes = 0
  private readonly traffic: Traffic
  private next: number

  constructor(traffic: Traffic, producers: number, firstSequence: number) {
    this.traffic = traffic
    this.received = new Float64Array(producers)
    this.sums = new Int32Array(producers)
    this.next = firstSequence
  }

  readonly enter = (message: Uint8Array | undefined, sequence: number, tag: number): void => {
    if (sequence !== this.next) throw new Error(`sequence ${sequence} instead of ${this.next}`)
    this.next++
    if (message === undefined) {
      this.lost++
      return
    }
    const producer = tag >>> INDEX_BITS
    const index = this.received[producer]
    if (index === undefined || tagOf(producer, index) !== tag) {
      throw new Error(`producer ${producer}: message ${tag & INDEX_MASK} instead of ${index}, at sequence ${sequence}`)
    }
    if (!this.traffic.matches(message, producer, index)) {
      throw new Error(`producer ${producer}: message ${index} is damaged, at sequence ${sequence}`)
    }
    this.received[producer] = index + 1
    this.sums[producer] = addSequence(this.sums[producer]!, sequence)
    this.bytes += message.length
  }
}
