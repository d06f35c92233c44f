/** What a restored log is, and where it ends. */
import { describe, expect, it } from 'vitest'
import { listBackups } from '../../src/archive/list-backups.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { readLsns } from '../support/log-records.ts'
import { archiveOn, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { modelOf, stateOf } from './modelled-log.ts'

describe('a restored log', () => {
  it('can be opened, and goes on with higher LSNs and a higher epoch', async () => {
    const model = modelOf(20)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    const last = model.lastUpTo(15)
    const { originals } = await restoreOn(disk, { output: LOG_DIR, lsn: 15 })
    expect(disk.list(originals!).some((name) => name.endsWith('.rwal'))).toBe(true)
    const again = LogHarness.open(disk, { policy: 'always', segmentBytes: 8192, ringBytes: 16_384, seed: 77 })
    expect(again.recovered).toMatchObject({ logId: log.recovered.logId, epoch: log.recovered.epoch + 1 })
    again.appender.appendBytes(new Uint8Array(10), { type: 9 })
    again.flush()
    expect(readLsns(disk)).toEqual(Array.from({ length: last + 1 }, (_, i) => i + 1))
  })

  it('up to a time ends before the first later record, whatever follows', async () => {
    const { disk, log } = modelOf(0)
    const times = [10n, 20n, 30n, 25n, 40n]
    for (const time of times) {
      log.appender.appendBytes(new Uint8Array(5), { time })
      log.flush()
    }
    await archiveOn(disk, { durableLsn: 5 })
    const lastLsn = async (timestamp: bigint, exclusive = false): Promise<unknown> =>
      (await restoreOn(disk.fork(), { timestamp, exclusive })).lastLsn
    expect(await lastLsn(26n)).toBe(2)
    expect(await lastLsn(30n)).toBe(4)
    expect(await lastLsn(30n, true)).toBe(2)
    expect(await lastLsn(99n)).toBe(5)
    expect(await rejection(restoreOn(disk, { timestamp: 9n }))).toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
    expect(await rejection(restoreOn(disk, { lsn: 6 }))).toMatchObject({
      message: expect.stringContaining('ends with LSN 5'),
    })
  })

  it('comes from an older backup where the newest one begins with the batch that the target is in', async () => {
    const { disk, log } = modelOf(0)
    const bytes = new Uint8Array(900)
    const append = (count: number): void => {
      log.makeSpares()
      log.appender.appendBytesBatch(Array.from({ length: count }, () => ({ bytes, time: 5n })))
      log.flush()
    }
    for (let i = 0; i < 4; i++) append(1)
    for (let i = 0; i < 3; i++) append(4)
    await archiveOn(disk, { durableLsn: 16 })
    expect(log.truncateBefore(9)).toMatchObject({ firstLsn: 9 })
    await archiveOn(disk, { durableLsn: 16, full: true })
    const { backups } = await listBackups(targetOn(disk))
    expect(backups).toMatchObject([
      { kind: 'full', firstLsn: 9 },
      { kind: 'full', firstLsn: 1 },
    ])
    const expected = { firstLsn: 1, lastLsn: 8, reached: true, cutsBatch: true, problems: [] }
    expect(await restoreOn(disk, { lsn: 10, dryRun: true })).toMatchObject(expected)
    expect(await restoreOn(disk, { lsn: 10 })).toMatchObject(expected)
  })

  it('to an LSN that is lost in a gap comes as near as can be, and says so', async () => {
    const { disk, log } = modelOf(0)
    const append = (count: number): void => {
      for (let i = 0; i < count; i++) {
        log.makeSpares()
        log.appender.appendBytes(new Uint8Array(900))
        log.flush()
      }
    }
    append(4)
    await archiveOn(disk, { durableLsn: 4 })
    append(12)
    log.truncateBefore(9)
    expect(await archiveOn(disk, { durableLsn: 16 })).toMatchObject({ gap: { from: 5, to: 8 } })
    expect(await restoreOn(disk, { lsn: 7 })).toMatchObject({ firstLsn: 1, lastLsn: 4, reached: false })
  })

  it('is only told of by a dry run', async () => {
    const model = modelOf(20)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    const print = disk.print
    expect(await restoreOn(disk, { lsn: 12, dryRun: true })).toMatchObject({
      dryRun: true,
      lastLsn: 12,
      originals: null,
    })
    expect(disk.print).toEqual(print)
  })

  it('is put together where it is told to be', async () => {
    const model = modelOf(20)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    disk.makeDirectory('/staging')
    await restoreOn(disk, { stagingDir: '/staging', validate: false })
    expect(stateOf(disk, OUT)).toEqual({ lastLsn: log.durable, state: model.stateAt(log.durable) })
    expect(disk.list('/staging')).toEqual([])
  })
})
