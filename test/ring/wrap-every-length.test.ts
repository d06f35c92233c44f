import { describe, expect, it } from 'vitest'
import { Rig } from './ring-kit.ts'

/** From every place of the ring, claims of every length, in an order that brings all of them to the ring's end. */
function everyLengthFromEveryPlace(shared: boolean, margin: number): number {
  let claims = 0
  for (let startPosition = 0; startPosition < 512; startPosition += 5) {
    const rig = new Rig({ shared, margin, startPosition })
    for (let bytes = rig.ring.claimMax; bytes >= 32; bytes -= 8) {
      rig.send(bytes, claims)
      expect(rig.drain()).toEqual([claims++])
    }
  }
  return claims
}

describe('a claim is in one piece, whatever its length and place', () => {
  it.each([
    ['exclusive', false, 0],
    ['exclusive, with a margin', false, 512],
    ['shared', true, 0],
    ['shared, with a margin', true, 512],
  ])('%s', (_, shared, margin) => {
    expect(everyLengthFromEveryPlace(shared, margin)).toBeGreaterThan(22_000)
  })

  it.each([false, true])('pads exactly where a claim would cross the end (shared: %s)', (shared) => {
    for (const toEnd of [8, 16, 24, 32, 40, 2040]) {
      const rig = new Rig({ shared, startPosition: 512 - toEnd / 8 })
      const at = rig.producer.tryClaim(32)
      expect(at - rig.ring.base).toBe(toEnd < 32 ? 0 : 4096 - toEnd)
    }
  })

  it.each([false, true])('keeps the messages before and behind the padding (shared: %s)', (shared) => {
    const rig = new Rig({ shared, startPosition: 512 - 20 })
    rig.send(80, 1)
    rig.send(96, 2)
    rig.send(40, 3)
    expect(rig.drain()).toEqual([1, 2, 3])
    expect(rig.nextSequence).toBe(4)
  })
})
