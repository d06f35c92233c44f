import { describe, expect, it } from 'vitest'
import { runChaos } from './stress/chaos.ts'
import { runClosing } from './stress/closing.ts'
import { runSleepers } from './stress/sleepers.ts'
import { runStress } from './stress/stress.ts'

/** A slice of what `stress/run.ts` does at length. */
describe('with real threads', () => {
  it.each([
    { producers: 1, capacity: 4096, startPosition: 2 ** 31 - 3000, firstSequence: 2 ** 31 - 3000 },
    { producers: 3, capacity: 4096, startPosition: 2 ** 32 - 3000, firstSequence: 2 ** 32 - 3000 },
    { producers: 2, capacity: 65536, startPosition: 2 ** 32 - 1, firstSequence: 2 ** 32 - 1 },
    { producers: 4, capacity: 65536, startPosition: 0, firstSequence: 2 ** 52 },
    { producers: 4, capacity: 2 ** 24, startPosition: 2 ** 31 - 1, firstSequence: 0 },
  ])('every message arrives once, in order and intact: %o', { timeout: 120_000 }, async (plan) => {
    const { messages } = await runStress({ ...plan, messages: 400_000, seed: plan.producers })
    expect(messages).toBeGreaterThanOrEqual(400_000)
  })

  it.each([4096, 65536])('producers are killed at any moment: ring of %i', { timeout: 120_000 }, async (capacity) => {
    const { messages, lost } = await runChaos({ deaths: 110, producers: 4, capacity, seed: capacity })
    expect(messages).toBeGreaterThan(1000)
    expect(lost).toBeGreaterThan(0)
  })

  it('a queue is closed in the middle of traffic', { timeout: 120_000 }, async () => {
    expect(await runClosing({ rounds: 60, producers: 3, seed: 1 })).toBeGreaterThan(1000)
  })

  it.each([
    { producers: 1, rest: 'park', called: false },
    { producers: 3, rest: 'park', called: false },
    { producers: 1, rest: 'doze', called: false },
    { producers: 3, rest: 'doze', called: true },
    { producers: 3, rest: 'either', called: true },
  ] as const)('whoever sleeps is woken, without any time-out: %o', { timeout: 120_000 }, async (plan) => {
    const { messages, rests, calls } = await runSleepers({ ...plan, messages: 60_000, seed: plan.producers })
    expect(messages).toBeGreaterThanOrEqual(60_000)
    expect(rests).toBeGreaterThan(100)
    expect(calls > 100).toBe(plan.called)
  })
})
