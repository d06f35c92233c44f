import { describe, expect, it } from 'vitest'
import type { SyncPolicy } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { runCampaign } from './campaign.ts'

const KILLS = 8
/** On a slow machine the rest of the kills is left to the campaign. */
const BUDGET_MS = 3500

describe.each<SyncPolicy>(['always', 'interval', 'never'])('under %s', (policy) => {
  it.each([1, 3])(
    'SIGKILL takes nothing that was acknowledged from %i producers, nor leaves anything else',
    async (producers) => {
      const deadline = performance.now() + BUDGET_MS
      const base = temporaryDirectory()
      const totals = await runCampaign({ base, policy, producers, kills: KILLS, seed: 1, deadline })
      expect(totals.kills).toBeGreaterThan(0)
      expect(totals.records).toBeGreaterThan(0)
    },
  )
})
