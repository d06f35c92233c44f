import { describe, expect, it } from 'vitest'
import { HEADER_PAGE_BYTES, KIND_END } from '../../src/format/index.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf } from '../support/log-images.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { filesIn, OUT, recordsIn, repairOn, segmentsIn, verifyOn } from './repair-kit.ts'

describe('a log without damage', () => {
  it('that was closed is repaired to the same bytes, up to where each segment ends', async () => {
    const disk = logOf(14)
    const report = await repairOn(disk)
    const before = [...segmentsIn(disk, LOG_DIR)]
    expect([...segmentsIn(disk, OUT)]).toEqual(
      before.map(([name, bytes], i) => {
        const last = framesIn(disk, i + 1).at(-1)!
        return [name, bytes.slice(0, last.offset + 40)]
      }),
    )
    expect(report).toMatchObject({ clean: true, recordsKept: 14, recordsLost: 0, recordsCut: 0, lost: [], leftOut: [] })
    expect(report.notes).toEqual([])
  })

  it('that was not closed gets an end frame, and nothing else that is new', async () => {
    const disk = logOf(14, 'dead')
    const frames = framesIn(disk, 4)
    await repairOn(disk)
    const repaired = disk.readFile(`${OUT}/00000000000000000004.rwal`)
    const { offset, length } = frames.at(-1)!
    const end = offset + ((40 + length + 7) & ~7)
    expect(repaired.slice(0, end)).toEqual(disk.readFile(pathOf(4)).slice(0, end))
    expect(repaired.length).toBe(end + 40)
    expect(repaired[end + 12]).toBe(KIND_END)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, records: 14, durableLsn: 14, tornTail: null })
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
  })

  it('is repaired to the same bytes at any time', async () => {
    const disk = logOf(14, 'dead')
    disk.flipBit(pathOf(2), 5000, 1)
    await repairOn(disk)
    await repairOn(disk, { output: '/other' })
    expect(segmentsIn(disk, '/other')).toEqual(segmentsIn(disk, OUT))
  })

  it('without any segment is none', async () => {
    const disk = new SimulatedDisk()
    LogHarness.open(disk).close()
    await expect(repairOn(disk)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND', dir: LOG_DIR })
    expect(disk.list('/')).toEqual(['wal'])
  })

  it('with a header only is repaired too', async () => {
    const disk = logOf(1)
    edit(disk, pathOf(1), (bytes) => bytes.slice(0, HEADER_PAGE_BYTES))
    const report = await repairOn(disk)
    expect(report).toMatchObject({ clean: true, recordsKept: 0, firstLsn: 0, lastLsn: 0, firstTime: null })
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, segments: 1, records: 0 })
  })

  it('of which old segments were removed keeps its numbers', async () => {
    const disk = logOf(14)
    disk.remove(pathOf(1))
    const report = await repairOn(disk)
    expect([...segmentsIn(disk, OUT).keys()].map((name) => Number.parseInt(name, 10))).toEqual([2, 3, 4])
    expect(report).toMatchObject({ clean: true, firstLsn: 5, lastLsn: 14 })
  })
})

describe('a repaired log', () => {
  it('is opened and written to like any other', async () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), 6000, 1)
    await repairOn(disk, { inPlace: true })
    const log = LogHarness.open(disk)
    expect(log.recovered.report).toMatchObject({ clean: true, lastLsn: 14, damage: [] })
    log.appender.appendBytes(new Uint8Array(8))
    log.flush()
    log.close()
    expect(verifyOn(disk, LOG_DIR)).toMatchObject({ ok: true, lastLsn: 15, records: 14 })
  })

  it('has the report beside its segments, for programs and for people', async () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), 6000, 1)
    const report = await repairOn(disk)
    const files = filesIn(disk, OUT)
    expect([...files.keys()].slice(-2)).toEqual(['repair-report.json', 'repair-report.md'])
    expect(JSON.parse(Buffer.from(files.get('repair-report.json')!).toString())).toEqual(report)
    const page = Buffer.from(files.get('repair-report.md')!).toString()
    expect(page).toContain('**1 record lost (7.14 %).**')
    expect(page).toContain('| 6 | 1 | yes | `00000000000000000002.rwal` |')
  })

  it('is made of files and directories that only their owner can use', async () => {
    const disk = logOf(3)
    await repairOn(disk)
    const made = disk.calls.filter(({ operation, how }) => operation === 'makeDirectory' || how === 'create')
    // The port makes them 0700 and 0600; that nothing else makes any is what is seen here.
    expect(made.filter(({ path }) => path.startsWith('/out')).map(({ path }) => path)).toEqual([
      '/out.unfinished-00000001',
      '/out.unfinished-00000001/00000000000000000001.rwal',
      '/out.unfinished-00000001/repair-report.json',
      '/out.unfinished-00000001/repair-report.md',
    ])
  })

  it('is durable before it gets its name', async () => {
    const disk = logOf(6)
    await repairOn(disk)
    const calls = disk.calls.filter(({ path }) => path.startsWith('/out') || path === '/')
    const rename = calls.findIndex(({ operation }) => operation === 'rename')
    const syncs = calls.slice(0, rename).filter(({ operation }) => operation.startsWith('sync'))
    expect(
      syncs.map(({ operation, path }) => `${operation} ${path.slice('/out.unfinished-00000001'.length) || path}`),
    ).toEqual([
      'syncAll /00000000000000000001.rwal',
      'syncAll /00000000000000000002.rwal',
      'syncAll /repair-report.json',
      'syncAll /repair-report.md',
      'syncDirectory /out.unfinished-00000001',
      'syncDirectory /',
    ])
    expect(calls.slice(rename + 1).map(({ operation, path }) => `${operation} ${path}`)).toEqual(['syncDirectory /'])
  })
})

describe('a dry run', () => {
  it('tells the same and writes nothing', async () => {
    const disk = logOf(14)
    disk.flipBit(pathOf(2), 6000, 1)
    const before = disk.calls.length
    const told = await repairOn(disk, { dryRun: true })
    const operations = new Set(disk.calls.slice(before).map(({ operation }) => operation))
    expect(
      [...operations].filter((one) => !['open', 'close', 'read', 'stat', 'statPath', 'list'].includes(one)),
    ).toEqual([])
    expect(disk.calls.slice(before).filter(({ how }) => how !== undefined && how !== 'read')).toEqual([])
    const done = await repairOn(disk)
    expect({ ...told, dryRun: false, output: OUT }).toEqual(done)
    expect(told.segments[0]!.bytes).toBeGreaterThan(HEADER_PAGE_BYTES)
  })
})
