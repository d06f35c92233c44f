/** Segments that overlap: of two histories, or without a header. Reader, verify and repair keep to one rule. */
import { describe, expect, it } from 'vitest'
import { type FrameFields, HEADER_PAGE_BYTES, KIND_END } from '../../src/format/index.ts'
import { someRecords } from '../format/segment-bytes.ts'
import { diskOf, OUT, repairOn, segmentFile } from '../repair/repair-kit.ts'
import { edit, pathOf } from '../support/log-images.ts'
import { readEntries, readLsns } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { verifyDisk } from '../support/verify-disk.ts'

/** LSNs from one to another. */
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const SKIP = { onDamage: 'skip' } as const
const end = (lsn: number): FrameFields => ({ kind: KIND_END, lsn })

/** What a reader gets, whole and in parts, verify counts and a repair keeps. */
async function expectOneLog(disk: SimulatedDisk, lsns: readonly number[]): Promise<void> {
  expect(readLsns(disk, SKIP)).toEqual(lsns)
  for (const from of range(1, 14)) {
    for (const to of range(from, 14)) {
      const wanted = lsns.filter((lsn) => lsn >= from && lsn <= to)
      expect(readLsns(disk, { ...SKIP, from, to }), `${from} to ${to}`).toEqual(wanted)
    }
  }
  expect(verifyDisk(disk)).toMatchObject({ ok: false, records: lsns.length, lastLsn: lsns.at(-1) })
  await repairOn(disk)
  expect(readEntries(disk, {}, OUT).map(({ lsn }) => lsn)).toEqual(lsns)
  expect(verifyDisk(disk, OUT)).toMatchObject({ ok: true, records: lsns.length })
}

describe('a segment that begins with LSNs of the one before it', () => {
  const first = segmentFile([...someRecords(1, 8), end(8)])
  const previous = { lastLsn: 8, endOffset: first.length, lastCheck: 0n }

  it.each([
    ['closed', [...someRecords(5, 12), end(12)]],
    ['open', someRecords(5, 12)],
  ])('counts from the first new one on: %s', async (_, frames) => {
    await expectOneLog(
      diskOf(first, segmentFile(frames, { number: 2, firstLsn: 5, salt: 99n, previous })),
      range(1, 12),
    )
  })

  it('and whose header names an LSN far ahead leaves nothing for those behind it', async () => {
    const middle = segmentFile(someRecords(20, 22), { number: 2, firstLsn: 20, salt: 99n, previous })
    const last = segmentFile(someRecords(9, 12), { number: 3, firstLsn: 9, salt: 98n, previous })
    await expectOneLog(diskOf(first, middle, last), [...range(1, 8), 20, 21, 22])
  })
})

it('a segment without a header counts behind the one before it, also where its first frames are lost', async () => {
  const previous = { lastLsn: 6, endOffset: 0, lastCheck: 0n }
  const disk = diskOf(
    segmentFile(someRecords(1, 6)),
    segmentFile([...someRecords(7, 12), end(12)], { number: 2, firstLsn: 7, salt: 99n, previous }),
  )
  edit(disk, pathOf(2), (bytes) => void bytes.fill(0x55, 0, HEADER_PAGE_BYTES + 50))
  await expectOneLog(disk, [...range(1, 6), ...range(8, 12)])
})

it('an end frame behind an unfinished batch is the last frame that the next segment tells of', async () => {
  const batch = someRecords(1, 4).map((record) => ({ ...record, continuesBatch: true }))
  const first = segmentFile([...batch, end(4)])
  const previous = { lastLsn: 4, endOffset: first.length, lastCheck: 7n }
  const second = segmentFile(someRecords(5, 6), { number: 2, firstLsn: 5, salt: 99n, previous })
  await expectOneLog(diskOf(first, second), range(1, 6))
})
