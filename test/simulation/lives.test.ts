/**
 * Rule R1 over thousands of crash states of lives in which producers, the writer, the steward and readers act at their turn
 * and inside one another's calls: what was durable is recovered, what is recovered is a prefix of what was appended, batches
 * whole, twice the same, and again after more appends and another crash. `campaign.ts` lives as many more as there is time for.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { drawLife } from './decision.ts'
import { live } from './life.ts'
import { addLife, NO_LIVES } from './life-totals.ts'

describe('a power cut at every change', () => {
  let totals = NO_LIVES
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('loses nothing durable and invents nothing, life %i', async (seed) => {
    totals = addLife(totals, await live(drawLife(seed, 50), { whole: 16, torn: 8 }))
  })

  afterAll(() => {
    expect(totals.states).toBeGreaterThan(700)
    expect(totals.openings).toBeGreaterThan(20)
    expect(totals.faults).toBeGreaterThan(1)
    expect(totals.inside).toBeGreaterThan(20)
  })
})

it('is the same life for the same seed', async () => {
  const script = drawLife(11, 40)
  const sampling = { whole: 4, torn: 2 }
  expect(await live(script, sampling)).toEqual(await live(script, sampling))
  expect(JSON.parse(JSON.stringify(script))).toEqual(drawLife(11, 40))
})
