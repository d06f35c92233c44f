import { randomBytes } from 'node:crypto'
import { RingwalError } from '../../src/index.ts'

/** So many different ones that no block of a store that compresses holds two alike. */
const DIFFERENT = 1024

/** The records that everybody is given: random bytes, in an order that can be checked. */
export class Payloads {
  readonly size: number
  private readonly all: readonly Uint8Array[]
  private count = 0

  /** @param size bytes of each */
  constructor(size: number) {
    const bytes = randomBytes(DIFFERENT * size)
    this.size = size
    this.all = Array.from({ length: DIFFERENT }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
  }

  /** How many have been taken. */
  get taken(): number {
    return this.count
  }

  next(): Uint8Array {
    return this.all[this.count++ % DIFFERENT]!
  }

  /** So many, one behind the other. */
  joined(records: number): Buffer {
    const bytes = Buffer.allocUnsafe(records * this.size)
    for (let at = 0; at < bytes.length; at += this.size) bytes.set(this.next(), at)
    return bytes
  }

  /** @throws ERR_RINGWAL_DAMAGED unless these are all that were taken, in their order: a rate over lost records is no rate */
  async check(peer: string, records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    let found = 0
    for await (const record of records) {
      if (found >= this.count || Buffer.compare(record, this.all[found % DIFFERENT]!) !== 0) {
        const message = `${peer}: record ${found + 1} of ${this.count} is not what was appended`
        throw new RingwalError('ERR_RINGWAL_DAMAGED', message, { peer, record: found + 1, appended: this.count })
      }
      found++
    }
    if (found === this.count) return
    const message = `${peer}: ${this.count} records were acknowledged, and ${found} are there`
    throw new RingwalError('ERR_RINGWAL_DAMAGED', message, { peer, appended: this.count, found })
  }
}
