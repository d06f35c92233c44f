import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationMs } from '../support/duration.ts'
import { holds } from '../support/property.ts'
import { PROPERTIES } from './catalogue.ts'

const RUNS = 1000
const isSmall = holds('every number is small', 10, fc.nat(), (number) => {
  if (number >= 1000) throw new Error(`${number} is not`)
})

describe('a property', () => {
  it('that holds tells how many inputs were tried', async () => {
    expect(await holds('true', 10, fc.nat(), () => {}).check({ runs: RUNS })).toBe(RUNS)
  })

  it('that does not is told with the smallest input, and the line that tries it again', async () => {
    const failure: Error = await isSmall.check({ runs: RUNS, seed: 7 }).then(
      () => expect.unreachable(),
      (error) => error,
    )
    expect(failure.message).toMatch(/^1000 is not/)
    const [, seed, path] = /--only 'every number is small' --seed=(\d+) --path '([\d:]+)'$/.exec(failure.message) ?? []
    expect(seed).toBe('7')
    await expect(isSmall.check({ runs: 1, seed: 7, path })).rejects.toThrow(/^1000 is not/)
  })

  it('is tried with the same inputs for the same seed', async () => {
    const inputs = async (seed: number): Promise<number[]> => {
      const seen: number[] = []
      await holds('seen', 10, fc.nat(), (number) => void seen.push(number)).check({ runs: 20, seed })
      return seen
    }
    expect(await inputs(3)).toEqual(await inputs(3))
    expect(await inputs(3)).not.toEqual(await inputs(4))
  })

  it('is tried no longer than there is time', async () => {
    const started = performance.now()
    const slow = holds('slow', 10, fc.nat(), () => new Promise((resolve) => setTimeout(resolve, 5)))
    expect(await slow.check({ runs: 2 ** 31 - 1, ms: 100 })).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('has a name of its own', () => {
    const names = Object.values(PROPERTIES).flatMap((list) => list.map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
  })
})

it.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['20m', 1_200_000],
  ['2h', 7_200_000],
  ['', Number.NaN],
  ['2d', Number.NaN],
  ['-1', Number.NaN],
])('the duration %j is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})
