/** Whatever goes wrong in a thread: one typed error, with the LSN where there is one; no state, and no thread left behind. */
import { describe, expect, it } from 'vitest'
import { replay } from '../../src/index.ts'
import { createReadPorts } from '../../src/read/log-view.ts'
import { replayOn } from '../../src/replay/replay.ts'
import { planReplay } from '../../src/replay/replay-options.ts'
import { withSessions } from '../../src/worker-pool.ts'
import { logOf } from '../support/log-images.ts'
import { range } from '../support/log-records.ts'
import { threadCounts } from './live-threads.ts'
import { HOW } from './reducers/failing.ts'
import { noted, THROWS_AT } from './reducers/noting.ts'
import { reducerAt, replayDisk } from './replay-kit.ts'
import { recordsOf, writeLog } from './replay-log.ts'

const reducer = reducerAt('failing')
const RECORDS = 4000

/** A log of which some records, by LSN, make the reducer fail in some way. */
function failingLog(fails: Readonly<Record<number, number>>): Promise<string> {
  return writeLog(
    recordsOf(RECORDS, 400, (lsn) => fails[lsn] ?? HOW.count),
    1 << 19,
  )
}

/** The error that a replay ends with. No thread is alive by then. */
async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  const failure: unknown[] = []
  const result = await run().catch((error: unknown) => failure.push(error))
  expect(threadCounts().alive).toBe(0)
  expect(failure, `it gave ${JSON.stringify(result)}`).toHaveLength(1)
  return failure[0]
}

describe('a reducer that throws', () => {
  it('ends the replay with the first such record of the log, whichever thread it is in', async () => {
    const dir = await failingLog({
      1713: HOW.throw,
      1714: HOW.throw,
      1715: HOW.throw,
      1716: HOW.throw,
      3000: HOW.throw,
    })
    for (const workers of [1, 2, 3, 4, 3]) {
      const error = await failureOf(() => replay(dir, { reducer, workers, chunkBytes: 1 << 15 }))
      expect(error).toMatchObject({
        ...{ code: 'ERR_RINGWAL_REDUCER', lsn: 1713, segment: '00000000000000000002.rwal' },
        message: 'apply of the reducer threw at LSN 1713: no room for record 1713',
        thrown: expect.stringContaining('failing.js'),
      })
    }
    const { state, report } = await replay(dir, { reducer, workers: 2, to: 1712 })
    expect(state).toEqual({ records: 1712, rest: undefined })
    expect(report).toMatchObject({ records: 1712, lastLsn: 1712, firstLsn: 1 })
  })

  it('gets no record behind that one', async () => {
    const options = { reducer: reducerAt('noting'), chunkBytes: 4096, workers: 2 }
    await expect(replayDisk(logOf(60), options)).rejects.toMatchObject({ lsn: THROWS_AT })
    expect(noted()).toEqual(range(1, THROWS_AT))
  })

  it('leaves no thread behind, of several', async () => {
    const dir = await failingLog({ 9: HOW.throw })
    const before = threadCounts().started
    await failureOf(() => replay(dir, { reducer, workers: 3 }))
    expect(threadCounts().started - before).toBe(3)
  })

  it('or returns a promise, is told so', async () => {
    const dir = await failingLog({ 77: HOW.promise })
    const error = await failureOf(() => replay(dir, { reducer, workers: 2 }))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_REDUCER', lsn: 77, message: expect.stringContaining('promise') })
  })

  it('or whose state can not be cloned, is told so', async () => {
    const dir = await failingLog({ 5: HOW.uncloneable })
    const error = await failureOf(() => replay(dir, { reducer, workers: 2 }))
    const message = expect.stringContaining('can not be cloned; give the reducer snapshot and restore')
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_REDUCER', message })
  })
})

describe('a payload that says to be MessagePack and is not', () => {
  it('ends the replay of a reducer that looks at it, with its LSN', async () => {
    const broken = Buffer.from([0xc1])
    const dir = await writeLog([
      { bytes: Buffer.from([7]), codec: 'msgpack', key: 1 },
      { bytes: broken, codec: 'msgpack', key: 2, type: 9 },
      { bytes: broken, codec: 'msgpack', key: 3, type: 9 },
    ])
    for (const workers of [1, 3]) {
      const error = await failureOf(() => replay(dir, { reducer: reducerAt('keyed'), workers }))
      expect(error).toMatchObject({
        code: 'ERR_RINGWAL_INPUT',
        lsn: 2,
        message: expect.stringMatching(/^LSN 2: .*0xc1/),
      })
    }
    const { report } = await replay(dir, { reducer: reducerAt('typed') })
    expect(report).toMatchObject({ records: 0, recordsRead: 3, lastLsn: 3, appliedLsn: 0 })
    for (const asked of [{ key: 1 }, { type: 0 }]) {
      const { report } = await replay(dir, { reducer: reducerAt('keyed'), ...asked })
      expect(report).toMatchObject({ records: 1, recordsRead: 3, lastLsn: 3, appliedLsn: 1 })
    }
  })
})

describe('a thread that ends', () => {
  it.each([1, 2, 3])('because the reducer ends it, of %i', async (workers) => {
    const dir = await failingLog({ 2222: HOW.exit })
    const error = await failureOf(() => replay(dir, { reducer, workers }))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_THREAD_DIED', lsn: 2222 })
    expect(error).toMatchObject({ message: expect.stringMatching(/died while it applied LSN 2222: .*code: 3/) })
  })

  it('because it runs out of memory', async () => {
    const dir = await failingLog({ 3333: HOW.allocate })
    const ports = await createReadPorts()
    const limits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 }
    const error = await failureOf(() =>
      replayOn(ports, dir, planReplay({ reducer, workers: 2 }), (threads, use) =>
        withSessions('replayer', threads, use, limits),
      ),
    )
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_THREAD_DIED', lsn: 3333 })
    expect(error).toMatchObject({ message: expect.stringMatching(/while it applied LSN 3333: .*memory/) })
  })
})

describe('a module that is no reducer', () => {
  it.each([
    ['is not there', 'nothing', /nothing.js can not be loaded/],
    ['throws when it is loaded', 'broken', /broken.js can not be loaded: not today/],
    ['has no reducer', 'digests', /digests.js is no reducer: must export functions init, apply and merge/],
    ['has types that are none', 'mistyped', /mistyped.js is no reducer: types must be a list of integers/],
    ['begins with an error', 'initless', /init of the reducer threw: no beginning/],
  ])('%s: it is refused', async (_, name, message) => {
    const dir = await failingLog({})
    const error = await failureOf(() => replay(dir, { reducer: reducerAt(name), workers: 2 }))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_REDUCER', message: expect.stringMatching(message) })
  })
})
