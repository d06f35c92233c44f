/** Death at system calls: a slice of `npm run campaign:deaths`. */

import { expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { sweepDeaths } from './death-sweep.ts'
import { skipAloud } from './skip-aloud.ts'
import { whyNoStrace } from './strace.ts'

const BUDGET_MS = 15_000
/** One that rotates under `interval`, and one that retires and recycles under `always`. */
const SETTINGS = [2, 4]

it('a process killed as it is about to make a system call leaves all that it was told is durable', async (ctx) => {
  const why = whyNoStrace()
  if (why !== undefined) skipAloud(ctx, why)
  const deadline = performance.now() + BUDGET_MS
  const plan = { base: temporaryDirectory(), seed: 1, jobs: 2, settings: SETTINGS, points: 60, deadline }
  const { known, deaths, families, violations } = await sweepDeaths(plan)
  expect(violations).toEqual([])
  expect(known).toBeGreaterThan(200)
  expect(deaths).toBeGreaterThan(0)
  expect(Object.keys(families).length).toBeGreaterThan(0)
}, 60_000)
