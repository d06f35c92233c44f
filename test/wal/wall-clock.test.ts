import { afterEach, describe, expect, it, vi } from 'vitest'
import { WallClock } from '../../src/wal/wall-clock.ts'
import { type SystemClocks, takeClocks } from '../support/system-clocks.ts'

let clocks: SystemClocks

afterEach(() => void vi.restoreAllMocks())

/** A clock over two of the system's, which are the test's to set. */
function wallClock(): WallClock {
  clocks = takeClocks()
  return new WallClock()
}

function pass(ms: number): void {
  clocks.wallMs += ms
  clocks.sinceMs += ms
}

describe('the wall clock', () => {
  it('goes on as time passes when the system sets its own back, by however much', () => {
    const clock = wallClock()
    let expected = clock.nowMs()
    for (const backMs of [3, 3_600_000, 31_536_000_000]) {
      clocks.wallMs -= backMs
      pass(5000)
      expected += 5000
      expect(clock.nowMs()).toBeCloseTo(expected)
    }
  })

  it('is set forward when the system sets its own forward', () => {
    const clock = wallClock()
    clock.nowMs()
    clocks.wallMs += 86_400_000
    pass(5000)
    expect(clock.nowMs()).toBeCloseTo(clocks.wallMs)
  })
})
