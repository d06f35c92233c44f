/** On real threads, 1 to 8 of them, with a reducer whose states come back as bytes, and one whose states are cloned. */
import { describe, expect, it } from 'vitest'
import { replay } from '../../src/index.ts'
import type { BytesRecord } from '../../src/wal/appender.ts'
import { payload } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { threadCounts } from './live-threads.ts'
import { foldLog, reducerAt, textOf } from './replay-kit.ts'
import { writeLog } from './replay-log.ts'

const RECORDS = 6000

/** Few keys with many records, and many with few. */
function* someRecords(random: SeededRandom): Generator<BytesRecord> {
  for (let i = 0; i < RECORDS; i++) {
    const key = random.chance(0.1) ? 0 : random.chance(0.5) ? random.between(1, 9) : random.uint32()
    yield { key, type: random.below(5), time: BigInt(i) * 7n, bytes: payload(random.below(300), i) }
  }
}

describe('a replay on threads', () => {
  it.each(['keyed', 'typed', 'global', 'undivided'])('gives the state of a fold, by the reducer %s', async (name) => {
    const reducer = reducerAt(name)
    const dir = await writeLog(someRecords(new SeededRandom(3)), 1 << 18)
    const expected = await foldLog(dir, reducer, { from: 500, until: 7n * 5000n })
    expect(expected.records).toBeGreaterThan(1000)
    const text = await textOf(reducer, expected.state)
    for (const workers of name === 'keyed' ? [1, 2, 5, 8] : [2, 3]) {
      const before = threadCounts().started
      const options = { reducer, workers, chunkBytes: 16384 * workers, from: 500, until: 7n * 5000n }
      const { state, report } = await replay(dir, options)
      expect(await textOf(reducer, state)).toBe(text)
      expect(report).toMatchObject({ records: expected.records, workers, firstLsn: 500, lastLsn: RECORDS, damage: [] })
      expect(threadCounts()).toEqual({ alive: 0, started: before + workers })
    }
  })

  it('needs one thread for a small log, unless it is told otherwise', async () => {
    const dir = await writeLog(someRecords(new SeededRandom(4)))
    expect((await replay(dir, { reducer: reducerAt('keyed') })).report.workers).toBe(1)
  })

  it('gives the empty state of a log without records', async () => {
    const dir = await writeLog([])
    const { state, report } = await replay(dir, { reducer: reducerAt('keyed') })
    expect(state).toEqual(new Map())
    expect(report).toMatchObject({ records: 0, firstLsn: 0, lastLsn: 0, appliedLsn: 0, damage: [], tornTail: null })
  })
})
