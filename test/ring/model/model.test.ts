import { describe, expect, it } from 'vitest'
import { SLICE } from './configurations.ts'
import { forAll } from './search-all.ts'
import { HARMLESS, SEEDED_BUGS } from './seeded-bugs.ts'
import { missingTool, runSpin } from './spin.ts'

const missing = await missingTool()
if (missing !== undefined)
  console.warn(`the ring's model is not checked: ${missing} (Debian: apt-get install spin gcc)`)

/** As many searches at a time as there are cores: the compiler takes most of the time. */
const LIMIT_MS = 300_000
const EFFORT = { fast: false } as const

describe.skipIf(missing !== undefined)('the model of the ring, checked by spin', () => {
  it('holds in every state of every configuration of the slice', { timeout: LIMIT_MS }, async () => {
    const results = await forAll(SLICE, async (one) => {
      const { states, error, truncated } = await runSpin(one, { ...EFFORT, trail: true })
      return { name: one.name, sawMany: states > 10_000, error, truncated }
    })
    for (const result of results) expect(result).toEqual({ name: result.name, sawMany: true })
  })

  it('does not hold with any of the seeded bugs', { timeout: LIMIT_MS }, async () => {
    const results = await forAll(SEEDED_BUGS, async (bug) => [bug.name, (await runSpin(bug, EFFORT)).error?.kind])
    expect(results).toEqual(SEEDED_BUGS.map(({ name, found }) => [name, found]))
  })

  it('holds with the variants that only look wrong', { timeout: LIMIT_MS }, async () => {
    const results = await forAll(HARMLESS, async (one) => {
      const { error, truncated } = await runSpin(one, EFFORT)
      return [one.name, error, truncated]
    })
    expect(results).toEqual(HARMLESS.map(({ name }) => [name, undefined, undefined]))
  })

  it('does not take a search for complete that was not', { timeout: LIMIT_MS }, async () => {
    // What is left of a budget is a fraction.
    const { truncated } = await runSpin(SLICE[0]!, { ...EFFORT, timeoutMs: 499.5 })
    expect(truncated).toBe('the search was ended from outside')
  })
})
