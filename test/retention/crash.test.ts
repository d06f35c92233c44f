/**
 * A power cut at every call while a log with retention grows, a consumer moves on and segments are begun in the files of retired
 * ones: nothing that somebody needs is gone, whatever survives, and the log opens by itself.
 */
import { describe, expect, it } from 'vitest'
import { checkpoint, keeperOf, wholeCheckpoints } from '../checkpoint/checkpoint-kit.ts'
import { openLog, RECORD_BYTES } from '../retire/retire-kit.ts'
import { payload } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { LOOKS } from '../support/simulated-disk-calls.ts'
import { crashStates } from '../support/simulated-disk-crash.ts'
import { checkCrashState, type ModelRecord } from '../wal/log-model.ts'
import { append, type Kept, keep, run, SEGMENT_BYTES, segmentsOn, turn } from './retention-kit.ts'

const RECORDS: readonly ModelRecord[] = Array.from({ length: 60 }, (_, i) => ({
  bytes: payload(RECORD_BYTES, i + 1),
  type: i + 1,
  continues: false,
}))

/** Checks the crash states at each call of what `live` does. @param cut what is needed from then on @returns how many */
function cutPower({ log }: Kept, cut: (state: SimulatedDisk) => number, live: () => void): number {
  let calls = 0
  let states = 0
  log.disk.faults = {
    onCall: (operation) => {
      if (LOOKS.includes(operation)) return undefined
      for (const state of crashStates(log.disk, 12, ++calls)) {
        const model = { records: RECORDS, durable: log.durable, cut: cut(state) }
        states += checkCrashState(state, model, calls)
      }
      return undefined
    },
  }
  live()
  log.disk.faults = undefined
  return states
}

describe('a power cut', () => {
  it('leaves what a consumer needs, at any call of its and the log’s', () => {
    const log = openLog(0)
    const kept = keep(log, { maxBytes: 4 * SEGMENT_BYTES })
    let needed = 1
    run(kept.positions.change({ do: 'set', name: 'slow', lsn: 0 }))
    const states = cutPower(
      kept,
      () => needed,
      () => {
        for (let round = 0; round < 4; round++) {
          append(kept, 10)
          const lsn = log.durable - 7
          run(kept.positions.change({ do: 'set', name: 'slow', lsn }))
          needed = lsn + 1
          kept.keeper.hurry()
          turn(kept)
        }
      },
    )
    expect(states).toBeGreaterThan(300)
    expect(segmentsOn(kept)[0]).toBeGreaterThan(5)
    expect(log.control.counts.readCounts().recycledSegments).toBeGreaterThan(0)
  })

  it('leaves a checkpoint that makes up for what is gone', () => {
    const log = openLog(0)
    const kept = keep(log, { checkpoint: true })
    const states = cutPower(
      kept,
      // What a state has of checkpoints is what may be missing of its records.
      (state) => (wholeCheckpoints(state)[0] ?? 0) + 1,
      () => {
        for (let round = 0; round < 3; round++) {
          append(kept, 9)
          checkpoint(keeperOf(log), log.durable, 1)
          kept.keeper.hurry()
          turn(kept)
        }
      },
    )
    expect(states).toBeGreaterThan(100)
    expect(segmentsOn(kept)).toEqual([7])
  })
})
