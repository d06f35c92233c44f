import { describe, expect, it } from 'vitest'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { thrownBy } from '../support/log-records.ts'

const REFUSED: readonly (readonly [option: string, values: readonly unknown[]])[] = [
  ['from', [-1, 1.5, Number.NaN, 2 ** 53, '1', 1n]],
  ['to', [-1, 1.5, Number.POSITIVE_INFINITY, '1', 1n]],
  ['since', [5, -1n, '2020', new Date(Number.NaN), {}]],
  ['until', [5, -1n, '2020', new Date(Number.NaN), {}]],
  ['type', [-1, 65536, 1.5, '1', [1, 65536], [1, '2'], {}]],
  ['key', [-1, 2 ** 32, 1.5, '1', [1, 2 ** 32], [1, '2'], {}]],
  ['onDamage', ['ignore', '', 5, {}]],
  ['follow', ['yes', 1]],
  ['pollMs', [0, 60_001, 1.5, '20', Number.NaN]],
  ['signal', ['abort', 5, {}]],
  ['form', [1]],
]

const CASES = REFUSED.flatMap(([option, values]) => values.map((value) => [option, value] as const))

describe('planRead', () => {
  it.each(CASES)('refuses %s: %o', (option, value) => {
    const error = thrownBy(() => planRead({ [option]: value } as unknown as ReadOptions))
    const text = expect.stringMatching(/./)
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option, value: text, allowed: text })
    expect((error as Error).message).toContain(option)
  })

  it.each([null, 5, 'x'])('refuses %o in the place of the options', (options) => {
    expect(thrownBy(() => planRead(options as unknown as ReadOptions))).toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
  })

  it('fills in what is left out', () => {
    expect(planRead({})).toEqual({
      from: 1,
      to: Number.MAX_SAFE_INTEGER,
      since: 0n,
      until: 2n ** 64n,
      types: undefined,
      keys: undefined,
      onDamage: 'stop',
      follow: false,
      pollMs: 20,
      signal: undefined,
    })
  })

  it('takes a Date for nanoseconds, and one type or key for a list of one', () => {
    const plan = planRead({ since: new Date(1500), until: 7n, type: 65535, key: 2 ** 32 - 1 })
    expect(plan).toMatchObject({ since: 1_500_000_000n, until: 7n, types: [65535], keys: [2 ** 32 - 1] })
  })
})

describe('readWal', () => {
  it('refuses at once, not when it is iterated', () => {
    expect(() => readWal('/none', { from: -1 })).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' }))
  })
})
