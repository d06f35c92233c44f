/** Rule R26: the wall clock of a process jumps by days, forth and back. */

import { expect, it } from 'vitest'
import { readWal, type SyncPolicy } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { checkLog } from './check-log.ts'
import type { LifeOrder } from './life.ts'
import { skipAloud } from './skip-aloud.ts'
import { VictimProcess } from './victim-process.ts'
import { buildClockShim } from './wall-clock-shim.ts'

const POLICIES: readonly SyncPolicy[] = ['always', 'interval']
/** Lives of a log, by how far off the clock is: who opens it behind a clock that has gone back goes on, too. */
const DAYS = [0, 20, -20, 0]
const TEN_DAYS_NS = 864_000_000_000_000n

it('a wall clock that jumps changes time stamps and nothing else', async (ctx) => {
  const shim = buildClockShim(temporaryDirectory())
  if ('why' in shim) return skipAloud(ctx, shim.why)
  await Promise.all(POLICIES.map((policy) => liveByClock(temporaryDirectory(), policy, shim.path)))
})

async function liveByClock(dir: string, policy: SyncPolicy, shim: string): Promise<void> {
  const order: LifeOrder = {
    ...{ dir, seed: 4, script: 'groups', policy, everyMs: 5 },
    ...{ segmentBytes: 1 << 16, spareSegments: 1, bytesMax: 1000 },
  }
  let durable = 0
  for (const days of DAYS) {
    const victim = new VictimProcess({ env: { LD_PRELOAD: shim, RINGWAL_DAYS: String(days) } })
    victim.order(order)
    await victim.end(20_000)
    expect(victim.told).toMatchObject({ isDone: true, refusals: [], opened: durable })
    durable = victim.told.durable
  }
  const times: bigint[] = []
  for await (const { time } of readWal(dir)) times.push(time)
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  expect(steps.some((step) => step > TEN_DAYS_NS)).toBe(true)
  expect(steps.some((step) => step < -TEN_DAYS_NS)).toBe(true)
  // Between lives only: within one, stamps never fall.
  expect(steps.filter((step) => step < 0n).length).toBeLessThan(DAYS.length)
  await checkLog(order, { durable, cutting: 0, first: 0 })
}
