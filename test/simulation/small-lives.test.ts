/** Small lives with every state of whole sectors at every change, and as many torn ones as there is room for. */
import { expect, it } from 'vitest'
import { live } from './life.ts'
import { addLife, NO_LIVES } from './life-totals.ts'
import { SMALL_LIVES, smallLife } from './small-lives.ts'

it('a power cut at any change leaves no state of up to four records that breaks a promise', async () => {
  let totals = NO_LIVES
  for (let index = 0; index < 6; index++)
    totals = addLife(totals, await live(smallLife(index), { whole: 200, torn: 0 }))
  // With more than 200 combinations at a moment a sample was drawn; the campaign goes up to 4096.
  expect(totals.wholeMoments).toBeGreaterThan(totals.moments * 0.9)
  expect(totals.states).toBeGreaterThan(500)
})

it('are all different, but for those of fewer records', () => {
  const texts = new Set(Array.from({ length: 2000 }, (_, i) => JSON.stringify({ ...smallLife(i), seed: 0 })))
  expect(texts.size).toBeGreaterThan(1200)
  expect(smallLife(SMALL_LIVES - 1).decisions.length).toBeGreaterThan(4)
})
