/** What of a log is archived, and what is refused. */
import { describe, expect, it } from 'vitest'
import { archive, archiveOptions } from '../../src/archive/archive-log.ts'
import { parseObjectName } from '../../src/archive/archive-names.ts'
import { listBackups } from '../../src/archive/list-backups.ts'
import { checkpointName } from '../../src/format/index.ts'
import { recordsIn } from '../repair/repair-kit.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { pathOf } from '../support/log-images.ts'
import { readLsns } from '../support/log-records.ts'
import { ARCHIVE, archiveOn, archivePorts, OUT, rejection, restoreOn, targetOn } from './archive-kit.ts'
import { modelOf, stateOf } from './modelled-log.ts'

describe('archiving a log', () => {
  it('stores only what is not there yet', async () => {
    const model = modelOf(40)
    const { disk, log } = model
    const first = await archiveOn(disk, { durableLsn: log.durable })
    expect(first.backups).toMatchObject([{ kind: 'full', firstLsn: 1, lastLsn: log.durable }])
    const calls = disk.list(ARCHIVE).length
    expect(await archiveOn(disk, { durableLsn: log.durable })).toMatchObject({ backups: [], lastLsn: log.durable })
    expect(disk.list(ARCHIVE)).toHaveLength(calls)
    const before = log.durable
    model.append()
    const { backups } = await archiveOn(disk, { durableLsn: log.durable })
    expect(backups).toMatchObject([{ kind: 'incremental', firstLsn: before + 1, lastLsn: log.durable, objects: 1 }])
  })

  it('goes no further than what is proven durable', async () => {
    const model = modelOf(10)
    const { disk, log } = model
    // Written, and not synced.
    log.disk.faults = { onCall: (operation) => (operation === 'syncData' ? { errno: 'EIO' } : undefined) }
    log.appender.appendBytes(new Uint8Array(100))
    log.settle()
    log.disk.faults = undefined
    const { lastLsn } = await archiveOn(disk)
    expect(lastLsn).toBeLessThanOrEqual(model.lastLsn)
    expect(lastLsn).toBeGreaterThan(0)
    await restoreOn(disk)
    expect(stateOf(disk, OUT)).toEqual({ lastLsn, state: model.stateAt(lastLsn) })
  })

  it('of which a segment was closed stores its end, so that it is byte for byte the same', async () => {
    const model = modelOf(30)
    model.log.close()
    const { disk } = model
    await archiveOn(disk)
    await restoreOn(disk)
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    expect(disk.readFile(`${OUT}/00000000000000000001.rwal`)).toEqual(
      disk.readFile(pathOf(1)).subarray(0, disk.readFile(`${OUT}/00000000000000000001.rwal`).length),
    )
  })

  it('refuses damage, with the place, and stores nothing of it', async () => {
    const model = modelOf(30)
    const { disk } = model
    for (const [path, offset] of [
      [pathOf(2), 6000],
      [pathOf(2), 2050],
      [pathOf(1), 4100],
    ] as const) {
      const damaged = disk.fork()
      damaged.flipBit(path, offset, 2)
      expect(await rejection(archiveOn(damaged))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', file: path.slice(5) })
      expect(
        damaged.statPath(ARCHIVE) === undefined || !damaged.list(ARCHIVE).some((name) => name.endsWith('manifest')),
      ).toBe(true)
    }
  })

  it('passes over damage in what is archived already', async () => {
    const model = modelOf(30)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    disk.flipBit(pathOf(1), 5000, 2)
    model.append()
    expect((await archiveOn(disk, { durableLsn: log.durable })).lastLsn).toBe(log.durable)
    expect(await restoreOn(disk)).toMatchObject({ lastLsn: log.durable, reached: true })
  })

  it('tells of a damaged checkpoint, and archives the others', async () => {
    const model = modelOf(10)
    model.checkpoint()
    model.append()
    model.checkpoint()
    const { disk, log } = model
    disk.flipBit(`${LOG_DIR}/${checkpointName(log.durable)}`, 140, 1)
    const { passedOver, backups } = await archiveOn(disk, { durableLsn: log.durable })
    expect(passedOver).toMatchObject([{ lsn: log.durable, reason: expect.stringContaining('does not verify') }])
    expect(backups[0]!.checkpoints).toHaveLength(1)
  })

  it('whose records were retired before they were archived begins anew, and tells of the gap', async () => {
    const model = modelOf(10)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    const before = log.durable
    for (let i = 0; i < 30; i++) model.append()
    model.checkpoint()
    model.append()
    model.checkpoint()
    model.retire()
    const { gap, backups } = await archiveOn(disk, { durableLsn: log.durable })
    expect(gap).toEqual({ from: before + 1, to: readLsns(disk)[0]! - 1 })
    expect(backups).toMatchObject([{ kind: 'full', firstLsn: gap!.to + 1 }])
    expect(await restoreOn(disk.fork())).toMatchObject({ reached: true, complete: true, lastLsn: log.durable })
    expect(await restoreOn(disk, { lsn: 8 })).toMatchObject({ firstLsn: 1, lastLsn: model.lastUpTo(8) })
  })

  it('refuses a log of another history, and another log', async () => {
    const model = modelOf(20)
    const { disk, log } = model
    await archiveOn(disk, { durableLsn: log.durable })
    await restoreOn(disk, { output: LOG_DIR, lsn: 10 })
    const shorter = await rejection(archiveOn(disk))
    expect(shorter).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS' })
    const other = LogHarness.open(disk, { policy: 'always', segmentBytes: 8192, ringBytes: 16_384, seed: 99 })
    for (let i = 0; i < 60; i++) {
      other.appender.appendBytes(new Uint8Array(300))
      other.flush()
    }
    expect(await rejection(archiveOn(disk))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS' })
    const stranger = modelOf(3).disk
    for (const name of disk.list(ARCHIVE)) stranger.writeFile(`${ARCHIVE}/${name}`, disk.readFile(`${ARCHIVE}/${name}`))
    expect(await rejection(archiveOn(stranger))).toMatchObject({
      message: expect.stringContaining('the archive of log'),
    })
  })

  it('knows another history by its checks, where all else is the same', async () => {
    const { disk, log } = modelOf(0)
    const append = (to: LogHarness, count: number): void => {
      for (let i = 0; i < count; i++) {
        to.makeSpares()
        to.appender.appendBytes(new Uint8Array(900))
        to.flush()
      }
    }
    append(log, 5)
    await archiveOn(disk, { durableLsn: 5 })
    await restoreOn(disk, { output: LOG_DIR, lsn: 4 })
    const other = LogHarness.open(disk, { policy: 'always', segmentBytes: 8192, ringBytes: 16_384, seed: 99 })
    append(other, 3)
    expect(readLsns(disk)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(await rejection(archiveOn(disk, { durableLsn: 7 }))).toMatchObject({
      code: 'ERR_RINGWAL_SEGMENTS',
      segment: 2,
    })
  })

  it('by two at a time stores each backup once', async () => {
    const model = modelOf(30)
    const { disk, log } = model
    const options = { durableLsn: log.durable }
    const results = await Promise.all([1, 2].map(() => rejection(archiveOn(disk, options))))
    expect(results.filter((error) => error === undefined)).toHaveLength(1)
    expect(results.find((error) => error !== undefined)).toMatchObject({ code: 'ERR_RINGWAL_FENCED' })
    const { backups, problems } = await listBackups(targetOn(disk))
    expect(backups).toHaveLength(1)
    expect(problems).toEqual([])
    expect(await restoreOn(disk)).toMatchObject({ lastLsn: log.durable, reached: true })
  })

  it('in the log itself is refused', async () => {
    const { disk } = modelOf(2)
    const target = Object.assign(targetOn(disk), { name: `${LOG_DIR}/archive` })
    const error = await rejection(archive(archivePorts(disk), LOG_DIR, target, archiveOptions({})))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option: 'archive' })
  })

  it('names objects of a backup by its id', async () => {
    const model = modelOf(5)
    await archiveOn(model.disk, { durableLsn: model.log.durable })
    const { backups } = await listBackups(targetOn(model.disk))
    const objects = model.disk.list(ARCHIVE).flatMap((name) => parseObjectName(name) ?? [])
    expect(objects.every(({ backup }) => backup === backups[0]!.id)).toBe(true)
  })
})
