import type { Room } from '../codec/index.ts'
import { FRAME_HEADER_BYTES, frameBytes } from '../format/index.ts'
import type { RingProducer } from '../ring/index.ts'

/** A claim for the most that a record may take is no larger than the ring's capacity shifted by this. */
const CLAIM_SHIFT = 3

/**
 * Room for a declared record in the ring itself, for a producer that is the ring's only one: it claims the most that
 * the record may take, and gives back what it did not take.
 */
export class RingRoom implements Room {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly buffer: Buffer
  key = 0
  /** Address of the claimed frame; -1 if none is. */
  frameAt = -1
  private readonly producer: RingProducer
  private readonly mostMax: number

  constructor(producer: RingProducer) {
    const { bytes, capacity, claimMax } = producer.ring
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
    this.buffer = Buffer.from(bytes.buffer)
    this.producer = producer
    this.mostMax = Math.min(capacity >> CLAIM_SHIFT, claimMax) - frameBytes(0)
  }

  claim(most: number): number {
    // A getter may have let another thread in since the record was begun: then nothing can be given back.
    if (most > this.mostMax || this.producer.isShared) return -1
    const at = this.producer.tryClaim(frameBytes(most))
    if (at < 0) return -1
    this.frameAt = at
    return at + FRAME_HEADER_BYTES
  }

  cancel(): void {
    if (this.frameAt < 0) return
    this.frameAt = -1
    this.producer.shrink(0)
  }

  /** Writes the zeros behind a payload that ends here, and keeps only its frame. @returns the frame's address */
  settle(end: number): number {
    const at = this.frameAt
    this.frameAt = -1
    this.view.setInt32(end, 0)
    this.view.setInt32(end + 4, 0)
    this.producer.shrink(frameBytes(end - at - FRAME_HEADER_BYTES))
    return at
  }
}
