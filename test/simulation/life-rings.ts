import { ReusableRing } from '../support/reusable-ring.ts'

const rings = new Map<number, ReusableRing>()

/** The ring of a size for the one log that lives in this thread now. */
export function ringOf(ringBytes: number): ReusableRing {
  let ring = rings.get(ringBytes)
  if (ring === undefined) {
    ring = new ReusableRing(ringBytes)
    rings.set(ringBytes, ring)
  }
  return ring
}
