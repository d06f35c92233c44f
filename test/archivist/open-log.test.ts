/** A log that is archived while it is open. */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { archiveLog, directoryTarget, listBackups } from '../../src/archive/index.ts'
import { type RingwalError, Wal } from '../../src/index.ts'
import type { LogControl } from '../../src/wal/control.ts'
import { rejection } from '../archive/archive-kit.ts'
import { listenTo } from './listen-to.ts'
import { append, archiveStats, expectArchived, openArchived, places, until } from './live-log.ts'

describe('an open log', () => {
  it('has its sealed segments archived at once, long before the time for the last one', async () => {
    const where = places()
    const wal = await openArchived(where, { everyMs: 3_600_000 })
    const events = listenTo(['ringwal:archived'], where.dir)
    for (let i = 0; i < 20; i++) {
      const durable = await append(wal, 100)
      // The first of them are archived at once; then come whole segments, of some 220.
      await until(wal, ({ lastLsn }) => (i === 0 ? lastLsn === durable : durable - lastLsn! < 240))
    }
    const { segments } = wal.stats()
    expect(segments).toBeGreaterThan(5)
    const names = readdirSync(where.archive).filter((name) => name.endsWith('.segment'))
    // The last one is not sealed, and of the first one a part was archived when it was all that there was.
    expect(names.length).toBeGreaterThanOrEqual(segments - 2)
    expect(readdirSync(where.archive).filter((name) => name.endsWith('.increment')).length).toBeLessThanOrEqual(2)
    const { backups } = await listBackups(directoryTarget(where.archive))
    expect(events.length).toBe(backups.length)
    await wal.close()
    await expectArchived(where, wal.lastLsn)
  })

  it('has what is durable of its last segment archived from time to time, and not more', async () => {
    const where = places()
    const wal = await openArchived(where, {}, { sync: { policy: 'never' } })
    const durable = await append(wal, 10)
    await until(wal, ({ lastLsn }) => lastLsn === durable)
    await expectArchived(where, durable)
    for (let i = 0; i < 5; i++) wal.append({ n: wal.lastLsn + 1, text: 'not durable' })
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(archiveStats(wal)).toMatchObject({ lastLsn: durable, lagLsns: 0, failures: 0, lastError: null, gaps: 0 })
    await wal.flush()
    const { lastLsn } = await until(wal, (stats) => stats.lastLsn === durable + 5)
    await expectArchived(where, lastLsn!)
    await wal.close()
  })

  it('is archived to its last record when it is closed', async () => {
    const where = places()
    const wal = await openArchived(where, { everyMs: 3_600_000, compress: true })
    const lastLsn = await append(wal, 50)
    await wal.close()
    expect(archiveStats(wal)).toMatchObject({ lastLsn, lagLsns: 0 })
    expect(readdirSync(where.archive).some((name) => name.endsWith('.gz'))).toBe(true)
    await expectArchived(where, lastLsn)
  })

  it('is not archived at its end if that may take no time', async () => {
    const where = places()
    const wal = await openArchived(where, { everyMs: 3_600_000, closeMs: 0 })
    const first = await append(wal, 50)
    // The first of them are archived at once; the next time is in an hour.
    await until(wal, ({ lastLsn }) => lastLsn === first)
    await append(wal, 50)
    await wal.close()
    await expectArchived(where, first)
  })

  it('that is opened again goes on where its archive ends', async () => {
    const where = places()
    for (let life = 0; life < 4; life++) {
      const wal = await openArchived(where, {}, { sync: { policy: 'always' } })
      await append(wal, 200)
      if (life % 2 === 0) await wal.close()
      else await until(wal, ({ lastLsn }) => lastLsn === wal.lastLsn).then(() => wal.close())
    }
    const { backups } = await listBackups(directoryTarget(where.archive))
    expect(backups.filter(({ kind }) => kind === 'full')).toHaveLength(1)
    await expectArchived(where, 800)
  })

  it('has its archive beside it when it is resumed', async () => {
    const where = places()
    const wal = await openArchived(where, {}, { observe: 'always' })
    expect(wal.stats().archive).toBeNull()
    await wal.resume()
    const lastLsn = await append(wal, 5)
    await until(wal, (stats) => stats.lastLsn === lastLsn)
    await wal.close()
  })

  it('tells those who retire segments that it has an archive, and how far that is', async () => {
    const where = places()
    const wal = await openArchived(where)
    const { needs } = (wal as unknown as { readonly control: LogControl }).control
    expect(needs.hasArchive).toBe(true)
    expect(needs.archivedLsn).toBe(0)
    const lastLsn = await append(wal, 300)
    await until(wal, (stats) => stats.lastLsn === lastLsn)
    expect(needs.archivedLsn).toBe(lastLsn)
    await wal.close()
  })

  it('tells of a gap, and goes on behind it', async () => {
    const where = places()
    const wal = await Wal.open({ dir: where.dir, segmentBytes: 1 << 16 })
    await append(wal, 10)
    await archiveLog(where.dir, directoryTarget(where.archive), { durableLsn: 10 })
    await append(wal, 1000)
    const { firstLsn } = await wal.truncateBefore(900)
    await wal.close()
    const warnings: RingwalError[] = []
    const gaps = listenTo(['ringwal:archive-gap'], where.dir)
    const again = await openArchived(where, {}, { onWarning: (error) => warnings.push(error as RingwalError) })
    const { gaps: counted } = await until(again, ({ lastLsn }) => lastLsn === 1010)
    await again.close()
    expect(counted).toBe(1)
    expect(gaps).toMatchObject([{ from: 11, to: firstLsn - 1 }])
    expect(warnings).toMatchObject([{ code: 'ERR_RINGWAL_RETIRED', from: 11, to: firstLsn - 1 }])
  })
})

describe('an archive that fails', () => {
  it('is told, does not touch the log, and gets all that it owes when it works again', async () => {
    const where = places()
    writeFileSync(where.archive, 'in its place')
    const warnings: RingwalError[] = []
    const events = listenTo(['ringwal:archive-failed', 'ringwal:warning'], where.dir)
    const wal = await openArchived(where, {}, { onWarning: (error) => warnings.push(error as RingwalError) })
    await append(wal, 500)
    const { lastError } = await until(wal, ({ failures }) => failures >= 2)
    expect(lastError).toMatchObject({ code: 'ERR_RINGWAL_IO' })
    expect(archiveStats(wal)).toMatchObject({ lastLsn: null, lagLsns: null, runs: 0, bytes: 0, breaker: 'closed' })
    expect(archiveStats(wal).ageMs).toBeGreaterThan(700)
    expect(warnings).toMatchObject([{ code: 'ERR_RINGWAL_IO' }])
    expect(events.map((event) => event['inRow'])).toEqual([1, undefined, 2])
    rmSync(where.archive)
    await append(wal, 500)
    await until(wal, ({ lastLsn }) => lastLsn === 1000)
    expect(archiveStats(wal)).toMatchObject({ lastError: null, lagLsns: 0, breaker: 'closed' })
    await wal.close()
    await expectArchived(where, 1000)
  })

  it('does not fail the closing of the log', async () => {
    const where = places()
    writeFileSync(where.archive, 'in its place')
    const events = listenTo(['ringwal:archive-failed', 'ringwal:closed'], where.dir)
    const wal = await openArchived(where, { everyMs: 3_600_000 }, { onWarning: () => {} })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await append(wal, 5)
    await wal.close()
    expect(events.slice(-2)).toMatchObject([{ retryMs: null }, { error: undefined }])
  })

  it('of another log is refused, and left as it is', async () => {
    const [one, other] = [places(), places()]
    const first = await openArchived(one)
    await append(first, 5)
    await first.close()
    const before = readdirSync(one.archive)
    const second = await openArchived({ ...other, archive: one.archive }, {}, { onWarning: () => {} })
    await append(second, 50)
    const { lastError } = await until(second, ({ failures }) => failures > 0)
    expect(lastError?.code).toBe('ERR_RINGWAL_SEGMENTS')
    await second.close()
    expect(readdirSync(one.archive)).toEqual(before)
  })
})

describe('the option', () => {
  /** Calls from within a directory of the test's own: relative paths mean that one. */
  async function inside<T>(home: string, call: () => Promise<T>): Promise<T> {
    const before = process.cwd()
    process.chdir(home)
    return call().finally(() => process.chdir(before))
  }

  it.each([
    [{ archive: 'backups' }, 'archive'],
    [{ archive: null }, 'archive'],
    [{ archive: {} }, 'archive.target'],
    [{ archive: { target: '' } }, 'archive.target'],
    [{ archive: { target: 'ftp://host/x' } }, 'archive.target'],
    [{ archive: { target: 'data/wal' } }, 'archive.target'],
    [{ archive: { target: 'data/wal/archive' } }, 'archive.target'],
    [{ archive: { target: 'x', everyMs: 99 } }, 'archive.everyMs'],
    [{ archive: { target: 'x', everyMs: 86_400_001 } }, 'archive.everyMs'],
    [{ archive: { target: 'x', compress: 1 } }, 'archive.compress'],
    [{ archive: { target: 'x', closeMs: -1 } }, 'archive.closeMs'],
    [{ archive: { target: 'x', timeoutMs: 0 } }, 'archive.timeoutMs'],
    [{ archive: { target: 'x', every: 5 } }, 'archive.every'],
    [{ archive: { target: 'x' }, recover: 'read-only' }, 'archive'],
  ])('%j is refused at the door', async (options, option) => {
    const { home } = places()
    const error = await inside(home, () => rejection(Wal.open({ dir: 'data/wal', ...options } as never)))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
    expect(readdirSync(home)).toEqual([])
  })

  it('is told null for a log without an archive', async () => {
    const wal = await Wal.open({ dir: places().dir })
    expect(wal.stats().archive).toBeNull()
    await wal.close()
  })

  it('may be a relative path, which is that of the moment of the opening', async () => {
    const where = places()
    const wal = await inside(where.home, () => openArchived({ ...where, archive: 'beside' }))
    const lastLsn = await append(wal, 5)
    await until(wal, (stats) => stats.lastLsn === lastLsn)
    await wal.close()
    expect(statSync(`${where.home}/beside`).isDirectory()).toBe(true)
  })
})
