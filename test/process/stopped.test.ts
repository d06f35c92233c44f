/** Rule R26: a process that stands still for seconds, and goes on. */
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { SyncPolicy } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { checkLog } from './check-log.ts'
import type { LifeOrder } from './life.ts'
import { VictimProcess } from './victim-process.ts'

const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
const STOPS = 2
const STOPPED_MS = 2000
const MOVES_ON_MS = 10_000

it('a process that is stopped and continued goes on as if nothing was, under each policy', async () => {
  await Promise.all(POLICIES.map((policy) => stopAndContinue(temporaryDirectory(), policy)))
})

async function stopAndContinue(dir: string, policy: SyncPolicy): Promise<void> {
  const order: LifeOrder = {
    ...{ dir, seed: 3, script: 'endless', policy, everyMs: 5 },
    ...{ segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 1000 },
  }
  const victim = new VictimProcess({ enough: 5 })
  const { told } = victim
  try {
    victim.order(order)
    await victim.enough
    for (let stop = 0; stop < STOPS; stop++) {
      await victim.stop()
      const { acknowledgements } = told
      await setTimeout(STOPPED_MS)
      expect(told.acknowledgements).toBe(acknowledgements)
      victim.signal('SIGCONT')
      const deadline = performance.now() + MOVES_ON_MS
      while (told.acknowledgements < acknowledgements + 5 && performance.now() < deadline) await setTimeout(2)
      expect(told.acknowledgements).toBeGreaterThanOrEqual(acknowledgements + 5)
    }
    expect(told.refusals).toEqual([])
  } finally {
    await victim.kill()
  }
  await checkLog(order, told)
}
