/** System calls that the kernel refuses: a slice of `npm run campaign:errors`. */

import { expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { sweepErrors } from './error-sweep.ts'
import { skipAloud } from './skip-aloud.ts'
import { whyNoStrace } from './strace.ts'

const BUDGET_MS = 7000
/** It rotates, retires and recycles under `always`. */
const SETTINGS = [4]

it.for([
  [['fdatasync'], 8],
  [['pwrite64', 'fsync', 'ftruncate', 'openat', 'link', 'unlink', 'rename', 'close'], 30],
] as const)(
  'what %j are refused with ends the log or nothing, and no sync is tried again (%i failures)',
  async ([families, failures], ctx) => {
    const why = whyNoStrace()
    if (why !== undefined) skipAloud(ctx, why)
    const deadline = performance.now() + BUDGET_MS
    const plan = { base: temporaryDirectory(), seed: 1, jobs: 2, settings: SETTINGS, families, failures, deadline }
    const { taken, violations } = await sweepErrors(plan)
    expect(violations).toEqual([])
    expect(taken.poisoned).toBeGreaterThan(0)
  },
)
