import { describe, expect, it } from 'vitest'
import { runFuzz } from './run-fuzz.ts'

/** A number of cases and no time: a run tells the same on every machine. */
const CASES = 2000
const SECONDS_MAX = 90

describe('files made to harm', () => {
  it('are read, or refused, in time and without harm', { timeout: 120_000 }, async () => {
    const plan = { seed: 1, first: 0, end: CASES, seconds: SECONDS_MAX }
    const { finding, cases, records, damage, refusals } = await runFuzz(plan)
    expect(finding).toBeUndefined()
    // It gets through to what is behind the first check.
    expect(Math.min(cases, records, damage, refusals.size)).toBeGreaterThan(0)
    console.log(`fuzz: ${cases} inputs, ${records} records, ${damage} damaged places`)
  })
})
