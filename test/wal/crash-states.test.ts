/**
 * Rule R1 over thousands of crash states: what was durable is recovered, what is recovered is a prefix of what was
 * appended, batches whole, twice the same, and again after more appends and another crash. `crash-campaign.ts` looks at
 * as many more as there is time for.
 */
import { describe, expect, it } from 'vitest'
import { runCrashScript } from './crash-script.ts'

describe('a power cut at every call of the file system', () => {
  const sums = { openings: 0, faults: 0 }
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('loses nothing durable and invents nothing, life %i', (seed) => {
    const result = runCrashScript(seed, { steps: 60, whole: 3, torn: 2 })
    expect(result.states).toBeGreaterThan(100)
    sums.openings += result.openings
    sums.faults += result.faults
  })

  it('also cut recoveries short, and met failing calls', () => {
    expect(sums.openings).toBeGreaterThan(16)
    expect(sums.faults).toBeGreaterThan(1)
  })
})
