import { describe, expect, it } from 'vitest'
import { runFuzz } from './run-fuzz.ts'

const SECONDS = 20

describe('files made to harm', () => {
  it('are read, or refused, in time and without harm', { timeout: 120_000 }, async () => {
    const plan = { seed: 1, first: 0, end: Number.POSITIVE_INFINITY, seconds: SECONDS }
    const { finding, cases, records, damage, refusals } = await runFuzz(plan)
    expect(finding).toBeUndefined()
    // It gets through to what is behind the first check.
    expect(Math.min(cases, records, damage, refusals.size)).toBeGreaterThan(0)
    console.log(`fuzz: ${cases} inputs`)
  })
})
