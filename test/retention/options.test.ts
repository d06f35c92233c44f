import { describe, expect, it } from 'vitest'
import { resolveOptions, type WalOptions } from '../../src/wal/options.ts'
import { thrownBy } from '../support/log-records.ts'

const MIB = 1 << 20

function resolve(retention: unknown, options: Partial<WalOptions> = {}): unknown {
  const all = { dir: 'x', segmentBytes: MIB, ...options, retention } as WalOptions
  return resolveOptions(all).retention
}

describe('the options of retention', () => {
  it.each([
    ['retention', [null, 5, 'all', {}, { checkpoint: false }, { everyMs: 100 }]],
    [
      'retention.maxBytes',
      [0, -1, 3 * MIB - 1, 1.5e9 + 0.5, Number.POSITIVE_INFINITY, '1G'].map((maxBytes) => ({ maxBytes })),
    ],
    ['retention.maxAgeMs', [0, -5, 1.5, Number.NaN, '1d'].map((maxAgeMs) => ({ maxAgeMs }))],
    ['retention.maxSegments', [0, 1, 2.5, 2 ** 31, '3'].map((maxSegments) => ({ maxSegments }))],
    ['retention.checkpoint', [{ checkpoint: 'yes' }, { checkpoint: 1 }]],
    [
      'retention.atCap',
      [
        { maxSegments: 3, atCap: 'drop' },
        { maxAgeMs: 5, atCap: 'refuse' },
        { checkpoint: true, atCap: 'refuse' },
      ],
    ],
    ['retention.everyMs', [9, 3_600_001, 1.5, '100'].map((everyMs) => ({ maxSegments: 3, everyMs }))],
    ['retention.maxbytes', [{ maxbytes: 1e12 }]],
  ] as [string, unknown[]][])('refuse what %s must not be', (option, values) => {
    for (const value of values)
      expect(
        thrownBy(() => resolve(value)),
        JSON.stringify(value),
      ).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
  })

  it('are none by default, and filled in', () => {
    expect(resolve(undefined)).toBeUndefined()
    const limits = { maxBytes: undefined, maxAgeMs: undefined, maxSegments: undefined, checkpoint: true }
    expect(resolve({ checkpoint: true })).toEqual({ limits, atCap: 'warn', everyMs: 5000 })
  })

  it('leave room for the files that there always are', () => {
    expect(resolve({ maxBytes: 3 * MIB, atCap: 'refuse', everyMs: 10 })).toMatchObject({
      limits: { maxBytes: 3 * MIB },
    })
    expect(thrownBy(() => resolve({ maxBytes: 3 * MIB }, { spareSegments: 2 }))).toMatchObject({
      option: 'retention.maxBytes',
      allowed: `an integer from ${4 * MIB} to ${Number.MAX_SAFE_INTEGER}`,
    })
  })
})
