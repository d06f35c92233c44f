/** Which segments have to go, and which may: the plan, as it follows from what there is. */
import { describe, expect, it } from 'vitest'
import type { Limits } from '../../src/retention/retention-options.ts'
import { type Holdings, planRetention } from '../../src/retention/retention-plan.ts'

const NONE: Limits = { maxBytes: undefined, maxAgeMs: undefined, maxSegments: undefined, checkpoint: false }

/** Segments of 100 bytes and ten records each, begun a second after the other, at 1000 the first. */
function holdings(count: number, facts: Partial<Holdings> = {}): Holdings {
  const segments = Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    bytes: 100,
    header: { firstLsn: i * 10 + 1, createdMs: 1000 * (i + 1) },
  }))
  return { segments, waitingBytes: 0, neededLsn: Infinity, durableLsn: Infinity, nowMs: 10_000, ...facts }
}

describe('a plan', () => {
  it.each<[string, Partial<Limits>, Partial<Holdings>, number, string | undefined]>([
    ['nothing over', { maxBytes: 500 }, {}, 0, undefined],
    ['one byte over', { maxBytes: 499 }, {}, 11, undefined],
    ['files that wait count', { maxBytes: 500 }, { waitingBytes: 101 }, 21, undefined],
    ['never the last segment', { maxBytes: 1 }, {}, 41, undefined],
    ['segments', { maxSegments: 2 }, {}, 31, undefined],
    ['of two limits the stricter', { maxSegments: 4, maxBytes: 200 }, {}, 31, undefined],
    ['what is needed', { maxSegments: 2 }, { neededLsn: 20 }, 11, 'maxSegments'],
    ['what is needed from the first of a segment on', { maxSegments: 2 }, { neededLsn: 21 }, 21, 'maxSegments'],
    ['what is needed, and is not to go', { maxSegments: 4 }, { neededLsn: 11 }, 11, undefined],
    ['the first limit that is held', { maxSegments: 4, maxBytes: 200 }, { neededLsn: 11 }, 11, 'maxBytes'],
    [
      'not what no durable record follows, which nobody is in the way of',
      { maxSegments: 1 },
      { durableLsn: 40 },
      31,
      undefined,
    ],
    ['all that may, without a limit', { checkpoint: true }, { neededLsn: 35 }, 31, undefined],
    ['what may, with one', { checkpoint: true, maxSegments: 4 }, { neededLsn: 35 }, 11, undefined],
    ['age to the millisecond', { maxAgeMs: 7000 }, {}, 11, undefined],
    ['age below it', { maxAgeMs: 8000 }, {}, 0, undefined],
    ['age, and not the last', { maxAgeMs: 1 }, {}, 41, undefined],
    ['age that is held', { maxAgeMs: 1 }, { neededLsn: 1 }, 0, 'maxAgeMs'],
    ['a clock that went back', { maxAgeMs: 1 }, { nowMs: 0 }, 0, undefined],
  ])('%s', (_, limits, facts, cutLsn, held) => {
    expect(planRetention({ ...NONE, ...limits }, holdings(5, facts))).toEqual({ cutLsn, held })
  })

  it('of a log without segments, or with one, is nothing', () => {
    for (const count of [0, 1])
      expect(planRetention({ ...NONE, maxBytes: 1 }, holdings(count))).toEqual({ cutLsn: 0, held: undefined })
  })

  it('goes up to a segment whose header is lost, as it does not tell where the one before it ends', () => {
    const whole = holdings(5)
    const segments = whole.segments.map((one) => (one.number === 4 ? { ...one, header: undefined } : one))
    expect(planRetention({ ...NONE, maxSegments: 1 }, { ...whole, segments })).toEqual({ cutLsn: 21, held: undefined })
    const first = whole.segments.map((one) => (one.number === 1 ? { ...one, header: undefined } : one))
    expect(planRetention({ ...NONE, maxSegments: 4 }, { ...whole, segments: first })).toEqual({
      cutLsn: 11,
      held: undefined,
    })
  })
})
