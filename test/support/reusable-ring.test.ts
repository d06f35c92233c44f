/** A ring that was used before is byte for byte the one that is made anew. */
import { expect, it } from 'vitest'
import { RingMemory, RingProducer } from '../../src/ring/index.ts'
import { CONTROL_BYTES, RING_MARGIN_BYTES } from '../../src/wal/control-layout.ts'
import { ReusableRing } from './reusable-ring.ts'

it.each([1, 77, 2 ** 32 + 5])('begins at sequence number %i as a new one does', (firstSequence) => {
  const reusable = new ReusableRing(8192)
  const used = reusable.begin(3)
  const producer = RingProducer.first(used, 3)
  used.bytes.fill(7, producer.tryClaim(64), used.base + 64)
  producer.publish()
  used.close(4)
  const fresh = RingMemory.create({
    capacity: 8192,
    margin: RING_MARGIN_BYTES,
    userBytes: CONTROL_BYTES,
    firstSequence,
  })
  expect(Buffer.compare(reusable.begin(firstSequence).bytes, fresh.bytes)).toBe(0)
})
