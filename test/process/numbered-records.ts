import type { BytesRecord } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const POOL_BYTES = 1 << 16
const pool: Uint8Array = new SeededRandom(0x6e756d62).bytes(POOL_BYTES)

/** Of every 16 LSNs the last 4 are one atomic batch. */
const PERIOD = 16
const BATCH = 4

/**
 * What stands under each LSN of a log, whoever has appended it, and after however many crashes: its seed and the LSN say it
 * all. So what a log holds can be checked without a history, and the life after a crash just goes on.
 */
export class NumberedRecords {
  private readonly seed: number
  private readonly bytesMax: number

  /** @param bytesMax longest payload, from 16 to 32768 */
  constructor(seed: number, bytesMax: number) {
    this.seed = seed
    this.bytesMax = bytesMax
  }

  bytesOf(lsn: number): Uint8Array {
    const random = new SeededRandom(this.seed * 2 ** 24 + lsn)
    const at = random.below(POOL_BYTES / 2)
    const bytes = pool.slice(at, at + random.between(8, this.bytesMax))
    new DataView(bytes.buffer).setFloat64(0, lsn)
    return bytes
  }

  /** Whether the record promises another one of its batch. */
  continuesBatch(lsn: number): boolean {
    const place = (lsn - 1) % PERIOD
    return place >= PERIOD - BATCH && place < PERIOD - 1
  }

  /** What is appended as one behind LSN `last`: a record, or a whole batch. */
  portionBehind(last: number): BytesRecord[] {
    const portion: BytesRecord[] = []
    for (let lsn = last + 1; ; lsn++) {
      portion.push({ bytes: this.bytesOf(lsn) })
      if (!this.continuesBatch(lsn)) return portion
    }
  }
}
