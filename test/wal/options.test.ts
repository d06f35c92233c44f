import { describe, expect, it } from 'vitest'
import { largestClaim } from '../../src/wal/control-layout.ts'
import { resolveOptions, type WalOptions } from '../../src/wal/options.ts'
import { thrownBy } from '../support/log-records.ts'

/** Option, the name in the error if that is another, values that are refused. */
const REFUSED: readonly (readonly [option: string, name: string, values: readonly unknown[]])[] = [
  ['dir', 'dir', ['', undefined, null, 5, 'a\0b', ['x']]],
  ['sync', 'sync.policy', [{ policy: 'sometimes' }, { policy: undefined }, {}, { policy: 'ALWAYS' }]],
  [
    'sync',
    'sync.everyMs',
    [0, -1, 1.5, 3_600_001, Number.NaN, '100', 100n].map((everyMs) => ({ policy: 'interval', everyMs })),
  ],
  ['segmentBytes', 'segmentBytes', [0, 65535, 65537, 69631, 2 ** 32 + 4096, Number.NaN, '65536']],
  ['spareSegments', 'spareSegments', [0, 65, -1, 1.5, '1']],
  ['ringBytes', 'ringBytes', [0, 65535, 65537, 98304, 2 ** 28, Number.NaN, '65536']],
  ['maxRecordBytes', 'maxRecordBytes', [0, -1, 1.5, 2 ** 30, Number.NaN, '100']],
  ['backpressure', 'backpressure', ['drop', '', 1]],
  ['waitMs', 'waitMs', [0, -1, 1.5, 2 ** 31, Number.POSITIVE_INFINITY, '1']],
  ['recover', 'recover', ['', 'skip', true, 'readonly', 'repair']],
  ['observe', 'observe', ['', true, 'yes', 'tail']],
  ['verifyBytes', 'verifyBytes', [-1, Number.NaN, '1', 5n]],
  ['useBigInt64', 'useBigInt64', [0, 1, 'true', null]],
  ['exitFlushMs', 'exitFlushMs', [-1, 1.5, 60_001, '1', Number.NaN]],
  ['closeOnSignals', 'closeOnSignals', ['SIGTERM', ['TERM'], ['SIGKILL'], ['SIGSTOP'], [15], [null]]],
  ['onWarning', 'onWarning', ['print', null, {}, 1]],
  ['onwarning', 'onwarning', [() => undefined]],
  ['segmentbytes', 'segmentbytes', [65536, undefined]],
]

const CASES = REFUSED.flatMap(([option, name, values]) => values.map((value) => [option, name, value] as const))

describe('resolveOptions', () => {
  it.each(CASES)('refuses %s (%s): %o', (option, name, value) => {
    const error = thrownBy(() => resolveOptions({ dir: 'x', [option]: value } as unknown as WalOptions))
    const text = expect.stringMatching(/./)
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: name, value: text, allowed: text })
    expect((error as Error).message).toContain(name)
  })

  it.each([undefined, null, 'x', 5])('refuses %o in the place of the options', (value) => {
    const error = thrownBy(() => resolveOptions(value as unknown as WalOptions))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'options' })
  })

  it('fills in what is left out', () => {
    expect(resolveOptions({ dir: 'x' })).toMatchObject({
      dir: 'x',
      policy: 'interval',
      everyMs: 100,
      segmentBytes: 64 << 20,
      ringBytes: 16 << 20,
      maxRecordBytes: 1 << 20,
      backpressure: 'wait',
      recover: 'tail',
      observe: 'never',
      closeOnSignals: [],
    })
  })

  it.each(['strict', 'tail', 'skip-damaged', 'read-only'] as const)('takes recover: %s', (recover) => {
    expect(resolveOptions({ dir: 'x', recover })).toMatchObject({ recover, observe: 'never' })
    for (const observe of ['damage', 'always'] as const) {
      const resolve = (): unknown => resolveOptions({ dir: 'x', recover, observe })
      if (recover !== 'read-only') expect(resolve()).toMatchObject({ recover, observe })
      else expect(thrownBy(resolve)).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'observe' })
    }
  })

  it('takes the ends of each range', () => {
    const low = { segmentBytes: 65536, spareSegments: 1, ringBytes: 65536, waitMs: 1, verifyBytes: 0, exitFlushMs: 0 }
    expect(resolveOptions({ dir: 'x', sync: { policy: 'always', everyMs: 1 }, ...low })).toMatchObject(low)
    const high = { segmentBytes: 2 ** 32, spareSegments: 64, ringBytes: 2 ** 27, waitMs: 2 ** 31 - 1 }
    const ends = { ...high, verifyBytes: Number.POSITIVE_INFINITY, exitFlushMs: 60_000 }
    expect(resolveOptions({ dir: 'x', sync: { policy: 'never', everyMs: 3_600_000 }, ...ends })).toMatchObject(ends)
  })

  it('has a largest record that fits the ring and a segment; one byte more is refused', () => {
    for (const [ringBytes, segmentBytes] of [
      [65536, 65536],
      [65536, 1 << 20],
      [1 << 20, 65536],
    ] as const) {
      const { maxRecordBytes } = resolveOptions({ dir: 'x', ringBytes, segmentBytes })
      expect(maxRecordBytes + 40).toBeLessThanOrEqual(largestClaim(ringBytes))
      expect(maxRecordBytes + 40 + 4096 + 80).toBeLessThanOrEqual(segmentBytes)
      const error = thrownBy(() =>
        resolveOptions({ dir: 'x', ringBytes, segmentBytes, maxRecordBytes: maxRecordBytes + 1 }),
      )
      expect(error).toMatchObject({ option: 'maxRecordBytes', allowed: `an integer from 1 to ${maxRecordBytes}` })
    }
  })
})
