/** What a replay says and does about a log that is not whole. */
import { describe, expect, it } from 'vitest'
import { FRAME_KIND_AT, frameBytes } from '../../src/format/index.ts'
import { replayOn } from '../../src/replay/replay.ts'
import { planReplay } from '../../src/replay/replay-options.ts'
import type { FrameSpec } from '../format/segment-bytes.ts'
import { OUT, repairOn } from '../repair/repair-kit.ts'
import { checker, LogHarness } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns, readPorts, thrownBy } from '../support/log-records.ts'
import { end, mark, PAYLOAD_BYTES, pageOf, pageSegment, record } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { unreadablePages } from '../support/unreadable-pages.ts'
import { HOW } from './reducers/failing.ts'
import { localHost, reducerAt, replayDisk } from './replay-kit.ts'

const work = { reducer: reducerAt('keyed'), workers: 3, chunkBytes: 4096 }

/** Flips a bit of a record's payload. */
function flip(disk: SimulatedDisk, segment: number, lsn: number): void {
  disk.flipBit(pathOf(segment), recordIn(disk, segment, lsn).offset + 200, 1)
}

describe('a damaged chunk', () => {
  const damaged = (): SimulatedDisk => {
    const disk = logOf(14)
    flip(disk, 2, 6)
    flip(disk, 3, 12)
    return disk
  }
  const places = [
    { class: 'payload', segment: '00000000000000000002.rwal', lostFrom: 6, lostTo: 6, acknowledged: true },
    { class: 'payload', segment: '00000000000000000003.rwal', lostFrom: 12, lostTo: 12, acknowledged: true },
  ]

  it('ends the replay, with the error that a reader throws, and no state', async () => {
    const disk = damaged()
    const thrown = thrownBy(() => readLsns(disk)) as { facts: object }
    expect(thrown).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', lostFrom: 6 })
    const error = { code: 'ERR_RINGWAL_DAMAGED', facts: thrown.facts }
    for (const workers of [1, 3]) await expect(replayDisk(disk, { ...work, workers })).rejects.toMatchObject(error)
  })

  it('does not, where it is outside of what is asked for', async () => {
    const disk = damaged()
    for (const bounds of [{ from: 13 }, { to: 5 }, { from: 7, to: 11 }])
      expect((await replayDisk(disk, { ...work, ...bounds })).report.damage).toEqual([])
    for (const bounds of [{ from: 12 }, { to: 6 }, { from: 6, to: 11 }])
      await expect(replayDisk(disk, { ...work, ...bounds })).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED' })
  })

  it('is gone past, and told of, by who skips it', async () => {
    const { report } = await replayDisk(damaged(), { ...work, onDamage: 'skip' })
    expect(report).toMatchObject({ damage: places, damageOmitted: 0, records: 12, recordsRead: 12, observing: null })
    expect(report).toMatchObject({ firstLsn: 1, lastLsn: 14, appliedLsn: 14, durableLsn: 14, tornTail: null })
  })

  it('is why the state is only observed, by who observes', async () => {
    const { report } = await replayDisk(damaged(), { ...work, onDamage: 'observe' })
    expect(report).toMatchObject({ damage: places, records: 12 })
    expect(report.observing).toMatch(/^2 damaged places, the first: payload damage at 0+2.rwal offset .*: LSN 6 lost/)
    expect((await replayDisk(logOf(14), { ...work, onDamage: 'observe' })).report.observing).toBeNull()
  })
})

describe('damage that no frame tells of', () => {
  it('a missing segment ends the replay as it ends a reader', async () => {
    const disk = logOf(14)
    disk.remove(pathOf(2))
    await expect(replayDisk(disk, work)).rejects.toMatchObject({
      code: 'ERR_RINGWAL_SEGMENTS',
      class: 'missing-segment',
    })
    const { report } = await replayDisk(disk, { ...work, onDamage: 'skip' })
    expect(report).toMatchObject({ records: 10, damage: [{ class: 'missing-segment', lostFrom: 5, lostTo: 8 }] })
  })

  it('an end of another history than the next segment tells of', async () => {
    const disk = new SimulatedDisk()
    const whole = pageSegment([record(1), record(2), end(2), mark(2)])
    const next = pageSegment([record(3), end(3)], { number: 2, firstLsn: 3, previous: whole.previous })
    for (const { header, bytes } of [whole, next]) disk.writeFile(pathOf(header.number), bytes)
    await expect(replayDisk(disk, work)).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'foreign' })
  })

  it('a page that can not be read', async () => {
    const disk = logOf(14)
    disk.faults = unreadablePages(pathOf(2), [4096])
    await expect(replayDisk(disk, work)).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', class: 'unreadable' })
  })

  it('a copy of a header costs nothing, and is left to verify', async () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), 40, 1)
    expect((await replayDisk(disk, work)).report).toMatchObject({ damage: [], records: 14 })
  })

  it('a frame of a later version is refused', async () => {
    const disk = logOf(14)
    const { offset, length, check } = recordIn(disk, 2, 6)
    edit(disk, pathOf(2), (bytes) => {
      const view = new DataView(bytes.buffer)
      const hash = (): bigint => checker.xxh64(bytes.subarray(offset + 8, offset + frameBytes(length)))
      const salt = check ^ hash()
      bytes[offset + FRAME_KIND_AT] = 7
      view.setBigUint64(offset, hash() ^ salt, true)
      return undefined
    })
    await expect(replayDisk(disk, work)).rejects.toMatchObject({ code: 'ERR_RINGWAL_FORMAT', offset })
  })
})

describe('what is no damage', () => {
  it('a torn tail is left out, and told of', async () => {
    const disk = logOf(15, 'dead')
    flip(disk, 4, 15)
    const { report } = await replayDisk(disk, work)
    expect(report).toMatchObject({
      records: 14,
      lastLsn: 14,
      damage: [],
      tornTail: { fromLsn: 15, class: 'torn-tail' },
    })
  })

  it('records that were lost at a repair are told of', async () => {
    const disk = logOf(14)
    for (const lsn of [6, 7]) flip(disk, 2, lsn)
    await repairOn(disk)
    const { report } = await replayOn(readPorts(disk), OUT, planReplay(work), localHost(disk))
    expect(report).toMatchObject({ records: 12, lastLsn: 14, damage: [] })
    expect(report.lost.flatMap(({ from, to }) => [from, to])).toEqual(expect.arrayContaining([6, 7]))
    const behind = await replayOn(readPorts(disk), OUT, planReplay({ ...work, from: 8 }), localHost(disk))
    expect(behind.report).toMatchObject({ records: 7, lost: [] })
  })
})

describe('damage and a reducer that throws', () => {
  const logWith = (thrown: number, damaged: number): SimulatedDisk => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    for (let lsn = 1; lsn <= 14; lsn++) {
      const bytes = payload(900, lsn)
      bytes[0] = lsn === thrown ? HOW.throw : HOW.count
      log.appender.appendBytes(bytes, { key: lsn })
      log.settle()
    }
    log.close()
    const after = disk.processDeath()
    after.sync()
    flip(after, Math.ceil(damaged / 4), damaged)
    return after
  }

  it.each([1, 2, 5])('end the replay with what comes first in the log, on %i threads', async (workers) => {
    const failing = { ...work, workers, reducer: reducerAt('failing') }
    for (const lsn of [1, 5, 6])
      await expect(replayDisk(logWith(lsn, 7), failing)).rejects.toMatchObject({ code: 'ERR_RINGWAL_REDUCER', lsn })
    for (const lsn of [8, 9, 13])
      await expect(replayDisk(logWith(lsn, 7), failing)).rejects.toMatchObject({
        code: 'ERR_RINGWAL_DAMAGED',
        lostFrom: 7,
      })
  })

  it('which cost nothing, in the same chunk', async () => {
    const throwing = (lsn: number, at: number): FrameSpec => ({
      ...record(lsn),
      payload: new Uint8Array(PAYLOAD_BYTES).fill(lsn === at ? HOW.throw : HOW.count),
    })
    for (const [at, error] of [
      [1, { code: 'ERR_RINGWAL_REDUCER', lsn: 1 }],
      [2, { code: 'ERR_RINGWAL_DAMAGED', lostFrom: 0 }],
    ] as const) {
      const disk = new SimulatedDisk()
      const { bytes, previous } = pageSegment([throwing(1, at), mark(1), throwing(2, at), throwing(3, at), end(3)])
      disk.writeFile(pathOf(1), bytes)
      disk.writeFile(pathOf(2), pageSegment([end(3)], { number: 2, firstLsn: 4, previous }).bytes)
      disk.flipBit(pathOf(1), pageOf(1) + 200, 1)
      const failing = { ...work, reducer: reducerAt('failing'), chunkBytes: 1 << 20 }
      await expect(replayDisk(disk, failing)).rejects.toMatchObject(error)
    }
  })
})
