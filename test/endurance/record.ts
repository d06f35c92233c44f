/** What the soak appends: records that say whose they are, so that whoever reads them can tell one that is missing. */

/** `counter` numbers the records of one producer in one life of the engine, from 0 on. */
export interface RecordName {
  readonly life: number
  readonly producer: number
  readonly counter: number
}

const NAME_BYTES = 16
const FILLER_BYTES_MAX = 400

/** u32 life, u32 producer, f64 counter, little-endian, then 0 to 399 bytes that follow from the counter. */
export function encodeRecord({ life, producer, counter }: RecordName): Uint8Array {
  const bytes = new Uint8Array(NAME_BYTES + ((counter * 37 + producer) % FILLER_BYTES_MAX)).fill(counter & 0xff)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, life, true)
  view.setUint32(4, producer, true)
  view.setFloat64(8, counter, true)
  return bytes
}

/** @throws if they are no record as it was appended */
export function decodeRecord(bytes: Uint8Array): RecordName {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const name = { life: view.getUint32(0, true), producer: view.getUint32(4, true), counter: view.getFloat64(8, true) }
  if (Buffer.compare(encodeRecord(name), bytes) !== 0)
    throw new Error(`not as it was appended: ${JSON.stringify(name)}`)
  return name
}

/** Holds records against the order in which they must come: no LSN is left out, and no record of a producer. */
export class RecordOrder {
  /** LSN of the next record; 0 before the first. */
  next = 0
  private life = 0
  private isFirstLife = true
  /** By producer, for the life at hand. */
  private counters = new Map<number, number>()

  /** @throws if it is not what must come here */
  enter(lsn: number, bytes: Uint8Array): RecordName {
    const name = decodeRecord(bytes)
    const { life, producer, counter } = name
    if (this.next !== 0 && lsn !== this.next) throw new Error(`LSN ${lsn} instead of ${this.next}`)
    if (life < this.life) throw new Error(`LSN ${lsn} is of life ${life}, behind life ${this.life}`)
    if (life > this.life) {
      this.isFirstLife = this.next === 0
      this.life = life
      this.counters = new Map()
    }
    // Who begins in the middle of a life takes what comes first.
    const expected = this.counters.get(producer) ?? (this.isFirstLife ? counter : 0)
    if (counter !== expected) {
      throw new Error(`LSN ${lsn} is record ${counter} of producer ${producer} in life ${life} instead of ${expected}`)
    }
    this.counters.set(producer, counter + 1)
    this.next = lsn + 1
    return name
  }
}
