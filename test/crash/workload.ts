import { SeededRandom } from '../support/seeded-random.ts'

/** One append of a producer: a record, or several as one atomic batch. */
export type Portion = readonly Uint8Array[]

const POOL_BYTES = 1 << 18
const LARGE_BYTES = 100 * 1024

/** Random bytes from which every payload is cut. The same in all threads and processes. */
const pool: Uint8Array = new SeededRandom(0x706f6f6c).bytes(POOL_BYTES)

/**
 * What one producer appends in one life of its process: a sequence that a verifier can make again from three numbers.
 * Payloads are of 0 to 2 KiB, most of them short, now and then 100 KiB; where there is room they begin with a counter.
 */
export class Workload {
  private readonly random: SeededRandom
  private counter = 0

  constructor(seed: number, life: number, producer: number) {
    this.random = new SeededRandom(seed * 4096 + life * 64 + producer)
  }

  /** What to append next. */
  next(): Portion {
    const { random } = this
    if (!random.chance(0.05)) return [this.payload(random.chance(0.002) ? LARGE_BYTES : this.length())]
    return Array.from({ length: random.between(2, 20) }, () => this.payload(this.length()))
  }

  private length(): number {
    return this.random.between(0, this.random.chance(0.8) ? 256 : 2048)
  }

  private payload(length: number): Uint8Array {
    const at = this.random.below(POOL_BYTES - LARGE_BYTES)
    const bytes = pool.slice(at, at + length)
    this.counter++
    if (length >= 4) new DataView(bytes.buffer).setUint32(0, this.counter)
    return bytes
  }
}

/** The same, record by record, with the flag that a reader shows. */
export function* workloadRecords(seed: number, life: number, producer: number): Generator<ExpectedRecord> {
  const workload = new Workload(seed, life, producer)
  for (;;) {
    const portion = workload.next()
    for (const [i, bytes] of portion.entries()) yield { bytes, continuesBatch: i < portion.length - 1 }
  }
}

export interface ExpectedRecord {
  readonly bytes: Uint8Array
  readonly continuesBatch: boolean
}
