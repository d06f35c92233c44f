import fc from 'fast-check'
import { expect } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import { loadReducer } from '../../src/replay/load-reducer.ts'
import type { ReplayEntry } from '../../src/replay/reducer.ts'
import type { ReplayOptions } from '../../src/replay/replay-options.ts'
import { MemoryFiles } from '../damage/memory-files.ts'
import type { SampleRecord } from '../damage/sample-log.ts'
import { damagedLogOf } from '../repair/properties.ts'
import { type ArbitraryLog, arbitraryLog } from '../support/arbitrary-log.ts'
import { holds, type Property } from '../support/property.ts'
import { fold, reducerAt, replayDisk, textOf } from './replay-kit.ts'

const codec = createCodec({ useBigInt64: false })

interface Work {
  readonly reducer: URL
  readonly workers: number
  readonly chunkBytes: number
}

/** How a replay is cut up. */
const anyWork: fc.Arbitrary<Work> = fc.record({
  reducer: fc.constantFrom('keyed', 'typed', 'global', 'undivided').map(reducerAt),
  workers: fc.integer({ min: 1, max: 8 }),
  chunkBytes: fc.oneof(
    fc.constantFrom(4096, 4104, 1 << 20),
    fc.nat(2000).map((units) => 4096 + 8 * units),
  ),
})

/** Long enough for several chunks. */
const anyLog = arbitraryLog(3000, 120)

function onDisk({ segments }: ArbitraryLog): MemoryFiles {
  const fs = new MemoryFiles()
  for (const { path, bytes } of segments) fs.put(path, bytes)
  return fs
}

function entryOf({ lsn, time, type, key, bytes, codec: coding }: SampleRecord): ReplayEntry {
  return { lsn, time, type, key, value: coding === 'msgpack' ? codec.decode(bytes) : bytes } as ReplayEntry
}

/** What a loop over the records themselves makes of them: no part of the log's code has a hand in it. */
async function plainFold(reducer: URL, records: readonly SampleRecord[]): Promise<string> {
  const { init, apply, types } = await loadReducer(reducer.href)
  let state = init()
  for (const record of records)
    if (types === undefined || types.includes(record.type)) state = apply(state, entryOf(record)) ?? state
  return textOf(reducer, state)
}

/** Only with a reducer that can begin with one. */
const fromSnapshot = anyWork.filter(({ reducer }) => !reducer.href.includes('typed'))
const anyBounds = fc.record<Pick<ReplayOptions, 'from' | 'to'>>(
  { from: fc.nat(200), to: fc.nat(200) },
  { requiredKeys: [] },
)

export const REPLAY_PROPERTIES: readonly Property[] = [
  holds(
    'a replay is the plain fold, however the work is cut up',
    80,
    fc.tuple(anyLog, anyWork),
    async ([log, work]) => {
      const { state, report } = await replayDisk(onDisk(log), work)
      const records = [...log.records.values()]
      expect(await textOf(work.reducer, state)).toBe(await plainFold(work.reducer, records))
      expect(report).toMatchObject({ damage: [], lastLsn: log.lastLsn < log.firstLsn ? 0 : log.lastLsn })
    },
  ),
  holds('a replay within bounds is the fold over them', 80, fc.tuple(anyLog, anyWork, anyBounds), async (input) => {
    const [log, work, bounds] = input
    const from = bounds.from === undefined ? {} : { from: log.firstLsn + bounds.from }
    const to = bounds.to === undefined ? {} : { to: log.firstLsn + bounds.to }
    const { state } = await replayDisk(onDisk(log), { ...work, ...from, ...to })
    const records = [...log.records.values()].filter(({ lsn }) => lsn >= (from.from ?? 0) && lsn <= (to.to ?? lsn))
    expect(await textOf(work.reducer, state)).toBe(await plainFold(work.reducer, records))
  }),
  holds(
    'a replay from a snapshot is that of the whole',
    80,
    fc.tuple(anyLog, fromSnapshot, fc.nat()),
    async (input) => {
      const [log, work, at] = input
      const lsn = log.firstLsn - 1 + (at % (log.lastLsn - log.firstLsn + 2))
      const records = [...log.records.values()]
      const { init, snapshot, apply } = await loadReducer(work.reducer.href)
      let half = init()
      for (const record of records) if (record.lsn <= lsn) half = apply(half, entryOf(record)) ?? half
      const bytes = snapshot!(half).slice()
      const { state } = await replayDisk(onDisk(log), { ...work, snapshot: { lsn, bytes } })
      expect(await textOf(work.reducer, state)).toBe(await plainFold(work.reducer, records))
    },
  ),
  holds(
    'a replay past damage is the fold over what a reader gets',
    80,
    fc.tuple(damagedLogOf(anyLog), anyWork),
    async ([{ files }, work]) => {
      const fs = new MemoryFiles()
      for (const [path, bytes] of files) fs.put(path, bytes)
      const expected = await fold(fs, work.reducer)
      const { state, report } = await replayDisk(fs, { ...work, onDamage: 'skip' })
      expect(await textOf(work.reducer, state)).toBe(await textOf(work.reducer, expected.state))
      expect(report).toMatchObject({ records: expected.records })
      expect(report.damage.length > 0).toBe(expected.told.length > 0)
    },
  ),
]
