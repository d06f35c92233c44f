import { describe, expect, it } from 'vitest'
import { Durations, distributionOf, spread } from '../../bench/statistics.ts'

/** One recording of durations of 1, 2, … `count` µs. */
function microseconds(count: number): string {
  const durations = new Durations()
  for (let i = 1; i <= count; i++) durations.record(5, 5 + i / 1000)
  return durations.recording()
}

/** Within what three digits leave. */
function near(value: number): { asymmetricMatch(actual: unknown): boolean } {
  return expect.closeTo(value, -Math.log10(value * 0.004)) as { asymmetricMatch(actual: unknown): boolean }
}

describe('a spread', () => {
  it('has the middle, or the mean of the two in the middle', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
    expect(() => spread([])).toThrow('no values')
  })
})

describe('a distribution', () => {
  it('has percentiles of the runs, and all samples of them in its curve', () => {
    const { samples, p50, p99, p999, max, curve } = distributionOf([microseconds(10_000), microseconds(20_000)])
    expect(samples).toBe(30_000)
    expect(p50).toEqual({ median: near(7.5e6), min: near(5e6), max: near(10e6) })
    expect(p99).toEqual({ median: near(14.85e6), min: near(9.9e6), max: near(19.8e6) })
    expect(p999).toEqual({ median: near(14.985e6), min: near(9.99e6), max: near(19.98e6) })
    expect(max).toEqual(near(20e6))
    // Of 30,000 samples five lie above 99.98 %; the next step of the ladder is 99.987 %.
    expect(curve.at(0)).toEqual([0, near(1000)])
    expect(curve.at(-1)).toEqual([99.98005, near(19.994e6)])
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i]![0]).toBeGreaterThan(curve[i - 1]![0])
      expect(curve[i]![1]).toBeGreaterThanOrEqual(curve[i - 1]![1])
    }
  })

  it('leaves out percentiles with fewer than five samples above them, in the runs and in all together', () => {
    expect(distributionOf([microseconds(499)])).toMatchObject({ samples: 499, p99: null, p999: null })
    expect(distributionOf([microseconds(500)]).p99).toEqual({ median: near(495e3), min: near(495e3), max: near(495e3) })
    const together = distributionOf([1, 2, 3, 4, 5].map(() => microseconds(1000)))
    expect(together.p999).toEqual({ median: near(999e3), min: near(999e3), max: near(999e3) })
    expect(distributionOf([microseconds(3)])).toMatchObject({ samples: 3, p50: { median: near(2e3) } })
  })

  it('of nothing is empty', () => {
    const nothing = { samples: 0, p50: null, p99: null, p999: null, max: 0, curve: [] }
    expect(distributionOf([new Durations().recording()])).toEqual(nothing)
  })
})
