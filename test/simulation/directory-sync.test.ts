/**
 * Rule R2 across threads: a directory sync of the steward that fails may have taken with it the name of the segment that the
 * writer is beginning; the writer's own sync of the directory, behind it, returns 0 and proves nothing.
 */
import { expect, it } from 'vitest'
import type { LifeScript } from './decision.ts'
import { live } from './life.ts'

const SETTINGS = {
  policy: 'always',
  segmentBytes: 8192,
  ringBytes: 8192,
  spareSegments: 1,
  splitRenames: false,
} as const

/** The steward makes its file inside a call of a writer that found none ready, and its directory sync fails. */
function lifeOf(call: number): LifeScript {
  const decisions = [
    { do: 'exact', n: [1, 100, 1] },
    { do: 'fault', n: [3, 0, 0, 0, 0] },
    { do: 'step', n: [1], inside: [{ call, do: [{ do: 'steward', n: [1] }] }] },
    { do: 'step', n: [2] },
    { do: 'exact', n: [1, 100, 2] },
    { do: 'step', n: [2] },
  ] as const
  return { seed: 5, settings: SETTINGS, decisions }
}

it.each([1, 2, 3, 4, 5])(
  'of the steward that fails inside call %i of beginning a segment loses nothing that was told',
  async (call) => {
    const { faults, states } = await live(lifeOf(call), { whole: 64, torn: 0 })
    expect(faults).toBe(1)
    expect(states).toBeGreaterThan(5)
  },
)
