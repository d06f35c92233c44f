import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { runSoak } from './run-soak.ts'

it('an engine that is killed and closed again and again keeps what it promised, and its disk bounded', async () => {
  const dir = join(temporaryDirectory(), 'log')
  const result = await runSoak({ dir, budgetMs: 10_000, seed: 1, sampleMs: 250 })
  const { kills, closes, acknowledgements, followed, readings } = result
  expect(kills).toBeGreaterThan(1)
  expect(Math.min(closes, readings)).toBeGreaterThan(0)
  expect(Math.min(acknowledgements, followed)).toBeGreaterThan(20)
})
