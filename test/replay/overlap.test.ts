/** Segments that begin with LSNs of the one before them, as of two histories or without a header: begun ahead by a wrong guess. */
import { describe, expect, it } from 'vitest'
import { type FrameFields, HEADER_PAGE_BYTES, KIND_END } from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { someRecords } from '../format/segment-bytes.ts'
import { diskOf, segmentFile } from '../repair/repair-kit.ts'
import { edit, pathOf } from '../support/log-images.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { fold, reducerAt, replayDisk, textOf } from './replay-kit.ts'

const reducer = reducerAt('global')
const end = (lsn: number): FrameFields => ({ kind: KIND_END, lsn })

const placeOf = ({ segment, offset }: Damage): string => `${segment} ${offset}`

/** Whole and in parts, as a reader gets it. */
async function expectFold(disk: SimulatedDisk): Promise<void> {
  for (const bounds of [{}, { from: 7 }, { to: 10 }, { from: 30, to: 50 }, { from: 50 }]) {
    const expected = await fold(disk, reducer, bounds)
    const { state, report } = await replayDisk(disk, {
      reducer,
      workers: 3,
      chunkBytes: 4096,
      onDamage: 'skip',
      ...bounds,
    })
    expect(await textOf(reducer, state)).toBe(await textOf(reducer, expected.state))
    expect(report.records).toBe(expected.records)
    // Verify tells the LSNs between two segments besides that their headers contradict one another.
    expect(new Set(report.damage.map(placeOf))).toEqual(new Set(expected.told.map(placeOf)))
    expect(report.bytesInFlightMax).toBeLessThan(1 << 22)
  }
}

describe('segments that overlap', () => {
  const first = segmentFile([...someRecords(1, 40), end(40)])
  const previous = { lastLsn: 40, endOffset: first.length, lastCheck: 0n }
  const header = { number: 2, firstLsn: 25, salt: 99n, previous }

  it('of two histories', async () => {
    await expectFold(diskOf(first, segmentFile([...someRecords(25, 60), end(60)], header)))
    await expectFold(diskOf(first, segmentFile(someRecords(25, 60), header)))
  })

  it('with another one behind them', async () => {
    const middle = segmentFile([...someRecords(25, 60), end(60)], header)
    const link = { lastLsn: 60, endOffset: middle.length, lastCheck: 0n }
    const last = segmentFile(someRecords(61, 70), { number: 3, firstLsn: 61, salt: 98n, previous: link })
    await expectFold(diskOf(first, middle, last))
  })

  it('with one between them that names an LSN far ahead', async () => {
    const middle = segmentFile(someRecords(80, 85), { number: 2, firstLsn: 80, salt: 99n, previous })
    const last = segmentFile(someRecords(41, 60), { number: 3, firstLsn: 41, salt: 98n, previous })
    await expectFold(diskOf(first, middle, last))
  })

  it('without a header', async () => {
    const middle = segmentFile([...someRecords(25, 60), end(60)], header)
    const link = { lastLsn: 60, endOffset: middle.length, lastCheck: 0n }
    const last = segmentFile(someRecords(61, 70), { number: 3, firstLsn: 61, salt: 98n, previous: link })
    const disk = diskOf(first, middle, last)
    edit(disk, pathOf(2), (bytes) => void bytes.fill(0x55, 0, HEADER_PAGE_BYTES))
    await expectFold(disk)
  })
})
