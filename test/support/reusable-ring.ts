/**
 * A ring that one log after another works on. Making its shared memory takes longer than all else of opening a small log,
 * and the system reserves 10 GiB of addresses for each until it is collected.
 */
import { type FrameKernel, instantiateFrameKernel } from '../../src/format/kernel/frame-kernel.ts'
import { RingMemory } from '../../src/ring/index.ts'
import { CONTROL_BYTES, RING_MARGIN_BYTES } from '../../src/wal/control-layout.ts'

export class ReusableRing {
  readonly kernel: FrameKernel
  private readonly ring: RingMemory
  private readonly fresh: Uint8Array

  constructor(capacity: number) {
    this.ring = RingMemory.create({ capacity, margin: RING_MARGIN_BYTES, userBytes: CONTROL_BYTES })
    this.fresh = this.ring.bytes.slice()
    this.kernel = instantiateFrameKernel(this.ring.memory)
  }

  get capacity(): number {
    return this.ring.capacity
  }

  /** The ring as `RingMemory.create` makes it. Nobody may go on working on it as it was. */
  begin(firstSequence: number): RingMemory {
    const { ring } = this
    ring.bytes.set(this.fresh)
    ring.kernel.setTail(0, firstSequence)
    ring.kernel.release(-(RING_MARGIN_BYTES >> 3), firstSequence, Math.floor(firstSequence / 2 ** 32))
    return ring
  }
}
