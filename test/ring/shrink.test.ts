import { describe, expect, it } from 'vitest'
import { CLAIM_FULL } from '../../src/ring/index.ts'
import { fill, Rig } from './ring-kit.ts'

/** Claims `most` bytes, keeps `kept` of them, and publishes these. @returns the sequence number */
function sendShrunk(rig: Rig, most: number, kept: number, stamp: number): number {
  const at = rig.producer.tryClaim(most)
  if (at < 0) throw new Error(`claim of ${most} bytes refused: ${at}`)
  rig.producer.shrink(kept)
  fill(rig.ring, at, kept, stamp)
  rig.producer.publish()
  return rig.producer.sequence
}

describe('a claim of the only producer can be given back', () => {
  it.each([32, 40, 200, 2000])('but for its beginning: %i bytes, at every place of the ring', (kept) => {
    const rig = new Rig({ startPosition: 2 ** 32 - 200 })
    for (let stamp = 1; stamp <= 700; stamp++) {
      expect(sendShrunk(rig, 2000, kept, stamp)).toBe(stamp)
      expect(rig.drain()).toEqual([stamp])
    }
  })

  it('whole, with its sequence number', () => {
    const rig = new Rig()
    for (let stamp = 1; stamp <= 700; stamp++) {
      const used = rig.producer.usedBytes
      expect(rig.producer.tryClaim(1000 + 8 * (stamp % 7))).toBeGreaterThanOrEqual(0)
      rig.producer.shrink(0)
      // What stays used, if anything, is the padding before the end of the ring.
      expect(rig.producer.usedBytes - used).toBeLessThan(1056)
      expect(rig.send(48, stamp)).toBe(stamp)
      expect(rig.drain()).toEqual([stamp])
    }
  })

  it('and what is given back is room for others', () => {
    const rig = new Rig()
    let records = 0
    while (rig.producer.tryClaim(1000) >= 0) {
      rig.producer.shrink(64)
      rig.producer.shrink(0)
      rig.send(64, ++records)
    }
    expect(rig.producer.tryClaim(1000)).toBe(CLAIM_FULL)
    while (rig.producer.hasRoomFor(64)) rig.send(64, ++records)
    expect(records).toBe(64)
    expect(rig.drain()).toHaveLength(64)
  })

  it('before it goes over to sharing', () => {
    const rig = new Rig()
    sendShrunk(rig, 500, 40, 1)
    rig.producer.tryClaim(500)
    rig.producer.shrink(0)
    rig.producer.share()
    expect(rig.send(40, 2, rig.further())).toBe(2)
    expect(rig.drain()).toEqual([1, 2])
  })
})
