import { afterEach, describe, expect, it, vi } from 'vitest'
import { TimeStamp } from '../../src/wal/time-stamp.ts'
import { takeClocks } from '../support/system-clocks.ts'

/** The stamp as it stands in a frame: two 32-bit words. */
function stored(stamp: TimeStamp): bigint {
  const words = stamp.words.slice()
  return new BigUint64Array(words.buffer)[0]!
}

/** Milliseconds after which the high word counts one up. */
const HIGH_MS = 2 ** 32 / 1e6

afterEach(() => void vi.restoreAllMocks())

describe('a time stamp', () => {
  it('is the wall clock in nanoseconds, within a microsecond, on both sides of every carry to the high word', () => {
    const clocks = takeClocks()
    const stamp = new TimeStamp()
    stamp.now({ clockMs: 0 })
    let before = 0n
    for (let carry = Math.ceil(clocks.wallMs / HIGH_MS); carry < 395_900_000; carry += 7) {
      for (let step = -12; step <= 12; step++) {
        const ms = carry * HIGH_MS + step * 2 ** -12
        stamp.now({ clockMs: ms })
        const ns = stored(stamp)
        if (ns < before) throw new Error(`${ns} follows ${before} at ${ms} ms`)
        if (Math.abs(Number(ns) / 1e6 - ms) > 0.001) throw new Error(`${ns} ns at ${ms} ms`)
        before = ns
      }
    }
    expect(before).toBeGreaterThan(1_700_000_000_000_000_000n)
  })

  it('never runs back when the wall clock is set back, and runs on when it has been caught up with', () => {
    const clocks = takeClocks()
    const stamp = new TimeStamp()
    stamp.now({ clockMs: 0 })
    const first = stored(stamp)
    for (const hours of [1, 24, 24 * 365]) {
      clocks.wallMs -= hours * 3_600_000
      clocks.sinceMs += 2000
      stamp.now({ clockMs: 0 })
      expect(stored(stamp)).toBeGreaterThanOrEqual(first)
    }
    clocks.wallMs = 1_700_000_100_000
    clocks.sinceMs += 2000
    stamp.now({ clockMs: 0 })
    expect(Math.abs(Number(stored(stamp)) / 1e6 - clocks.wallMs)).toBeLessThan(0.001)
  })

  it('follows a wall clock that is set forward, within the time between two looks', () => {
    const clocks = takeClocks()
    const stamp = new TimeStamp()
    stamp.now({ clockMs: 0 })
    clocks.wallMs += 86_400_000
    clocks.sinceMs += 5000
    stamp.now({ clockMs: 0 })
    expect(Math.abs(Number(stored(stamp)) / 1e6 - clocks.wallMs)).toBeLessThan(1)
  })

  it('does not believe a clock of the writer that is far from its own last stamp', () => {
    const clocks = takeClocks()
    const stamp = new TimeStamp()
    stamp.now({ clockMs: 0 })
    stamp.now({ clockMs: clocks.wallMs + 100_000_000 })
    expect(Math.abs(Number(stored(stamp)) / 1e6 - clocks.wallMs)).toBeLessThan(1)
    stamp.now({ clockMs: clocks.wallMs + 50 })
    expect(Math.abs(Number(stored(stamp)) / 1e6 - clocks.wallMs - 50)).toBeLessThan(0.001)
  })
})
