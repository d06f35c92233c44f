/** Power cuts of real file systems: a slice of `npm run campaign:power`. */

import { expect, it } from 'vitest'
import { skipAloud } from '../process/skip-aloud.ts'
import { whyNoStrace } from '../process/strace.ts'
import { type DiskKind, whyNoPowerCut } from './loop-disk.ts'
import { cutPowers } from './power-sweep.ts'

const BUDGET_MS = 10_000

const CASES: readonly DiskKind[] = ['ext4', 'xfs']

it.for(CASES)('a power cut of %s takes nothing that was acknowledged', async (kind, ctx) => {
  const why = whyNoPowerCut(kind)
  if (why !== undefined) skipAloud(ctx, why)
  const deadline = performance.now() + BUDGET_MS
  const plan = { disks: [kind], seed: 1, cuts: 25, deadline, hasStrace: whyNoStrace() === undefined }
  const { cuts, lost, acknowledgements, violations } = await cutPowers(plan)
  expect(violations).toEqual([])
  expect(cuts).toBeGreaterThan(0)
  expect(acknowledgements).toBeGreaterThan(0)
  // Else the cuts were none, and show nothing.
  expect(lost).toBeGreaterThan(cuts / 2)
})
