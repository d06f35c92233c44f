/**
 * A power cut at every call while segments are retired and their files begun again: what was given up may be gone, as far as
 * whole segments go; all else that was durable is there, and the log opens by itself.
 */
import { describe, expect, it } from 'vitest'
import { drawLife } from '../simulation/decision.ts'
import { live } from '../simulation/life.ts'
import { payload } from '../support/log-records.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'
import { checkCrashState, type ModelRecord } from '../wal/log-model.ts'
import { append, openLog, RECORD_BYTES } from './retire-kit.ts'

const RECORDS: readonly ModelRecord[] = Array.from({ length: 40 }, (_, i) => ({
  bytes: payload(RECORD_BYTES, i + 1),
  type: i + 1,
  continues: false,
}))

describe('a power cut', () => {
  it.each([1, 2])(
    'at any call of two rounds of retiring and beginning, with %i spare, hides nothing',
    (spareSegments) => {
      const log = openLog(9, { spareSegments })
      let cut = 1
      let states = 0
      let calls = 0
      log.disk.faults = {
        onCall: (operation) => {
          if (LOOKS.includes(operation)) return undefined
          const model = { records: RECORDS, durable: log.durable, cut }
          for (const state of crashStates(log.disk, 20, ++calls)) states += checkCrashState(state, model, calls)
          return undefined
        },
      }
      for (let round = 0; round < 2; round++) {
        cut = log.durable + 1
        log.truncateBefore(cut)
        append(log, 9)
      }
      expect(log.control.counts.readCounts().recycledSegments).toBeGreaterThan(1)
      expect(log.control.failure).toBeUndefined()
      expect(calls).toBeGreaterThan(60)
      expect(states).toBeGreaterThan(300)
    },
  )

  it('in lives at random, with failing calls, dying processes and later openings', async () => {
    let retired = 0
    let recycled = 0
    for (let seed = 1; seed <= 6; seed++) {
      const result = await live(drawLife(seed, 60, true), { whole: 8, torn: 2 })
      retired += result.retired
      recycled += result.recycled
    }
    expect(retired).toBeGreaterThan(10)
    expect(recycled).toBeGreaterThan(2)
  })
})
