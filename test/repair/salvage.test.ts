import { describe, expect, it } from 'vitest'
import { decodeHeaderPage } from '../../src/format/index.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { edit, logOf, recordIn } from '../support/log-images.ts'
import { range } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { harm, looseFiles, lsnsOf, placeOf } from './loose-files.ts'
import { digestOf, OUT, recordsIn, salvageOn, segmentsIn } from './repair-kit.ts'

describe('a salvage of loose segments', () => {
  it('makes the log that they were, in any order and under any names', async () => {
    const { disk, files } = looseFiles()
    const before = digestOf(disk, '/loose')
    const report = await salvageOn(disk, [files[2]!, files[0]!, files[3]!, files[1]!])
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    expect(report).toMatchObject({ command: 'salvage', clean: true, recordsKept: 14, leftOut: [], notes: [] })
    expect(digestOf(disk, '/loose')).toBe(before)
  })

  it('keeps numbers, LSNs and log id', async () => {
    const { disk, files } = looseFiles()
    const report = await salvageOn(disk, files.slice(1))
    expect([...segmentsIn(disk, OUT).keys()].map((name) => Number.parseInt(name, 10))).toEqual([2, 3, 4])
    expect(lsnsOf(disk)).toEqual(range(5, 10))
    expect(report.logId).toBe(decodeHeaderPage(disk.readFile(files[0]!).subarray(0, 4096), checker).header!.logId)
  })

  it('takes all records of a file that has a later sector where its header page was', async () => {
    const { disk, files } = looseFiles()
    const page = new Uint8Array(4096)
    const file = disk.readFile(files[2]!)
    // The sector that begins with the third record stands in the page as well.
    const { offset } = recordIn(disk, 3, 11)
    page.set(file.subarray(offset, offset + 2048), 2048)
    disk.writeFile('/loose/odd', Buffer.concat([page, file.subarray(4096)]))
    await salvageOn(disk, ['/loose/odd'])
    expect(lsnsOf(disk)).toEqual(range(9, 4))
  })

  it('puts tombstones where files are missing', async () => {
    const { disk, files } = looseFiles()
    const report = await salvageOn(disk, [files[3]!, files[0]!])
    expect(lsnsOf(disk)).toEqual([...range(1, 4), 13, 14])
    expect(report).toMatchObject({ clean: false, recordsLost: 8 })
    expect(report.lost).toMatchObject([{ from: 5, to: 12, acknowledged: true, class: 'missing-segment' }])
  })

  it('loses what does not verify, and nothing more', async () => {
    const { disk, files } = looseFiles()
    for (const lsn of [1, 6, 7, 12]) harm(disk, placeOf(disk, lsn).file, lsn)
    const report = await salvageOn(disk, files)
    expect(lsnsOf(disk)).toEqual(range(1, 14).filter((lsn) => ![1, 6, 7, 12].includes(lsn)))
    expect(report.recordsLost).toBe(4)
  })

  it('of files without a readable header finds their records by the frames', async () => {
    const { disk, files } = looseFiles()
    for (const file of files) edit(disk, file, (bytes) => void bytes.fill(0xee, 0, 4096))
    const report = await salvageOn(disk, [...files].reverse())
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    expect(report).toMatchObject({ clean: true, recordsKept: 14 })
    expect(report.notes.length).toBe(4)
  })

  it('of a file of which the head is cut off finds what is left', async () => {
    const { disk } = looseFiles()
    edit(disk, '/loose/b', (bytes) => bytes.slice(recordIn(disk, 2, 6).offset))
    const report = await salvageOn(disk, ['/loose/b'])
    expect(lsnsOf(disk)).toEqual([6, 7, 8])
    expect(report).toMatchObject({ clean: true, firstLsn: 6, lastLsn: 8 })
  })

  it('keeps what no mark proves durable, but for an unfinished batch', async () => {
    const { disk } = looseFiles(logOf(14, 'dead'))
    harm(disk, '/loose/d', 13)
    const report = await salvageOn(disk, ['/loose/d', '/loose/a'])
    expect(lsnsOf(disk)).toEqual([...range(1, 4), 14])
    expect(report.lost.at(-1)).toMatchObject({ from: 13, to: 13 })
  })

  it('makes nothing of files in which nothing verifies', async () => {
    const { disk, files } = looseFiles()
    disk.writeFile('/loose/noise', new SeededRandom(1).bytes(50_000))
    disk.writeFile('/loose/empty', new Uint8Array(0))
    const report = await salvageOn(disk, ['/loose/noise', ...files, '/loose/empty'])
    expect(report.leftOut.map(({ file }) => file)).toEqual(['/loose/noise', '/loose/empty'])
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    const none = salvageOn(disk, ['/loose/noise'], { output: '/other' })
    await expect(none).rejects.toMatchObject({
      code: 'ERR_RINGWAL_NOT_FOUND',
      message: expect.stringContaining('/loose/noise'),
    })
    expect(disk.statPath('/other')).toBeUndefined()
  })

  it('in a dry run writes nothing', async () => {
    const { disk, files } = looseFiles()
    const before = disk.calls.length
    expect(await salvageOn(disk, files, { dryRun: true })).toMatchObject({
      recordsKept: 14,
      output: null,
      dryRun: true,
    })
    expect(disk.calls.slice(before).filter(({ operation, how }) => operation === 'write' || how === 'create')).toEqual(
      [],
    )
  })

  it('refuses what is no regular file, and leaves out what is named twice', async () => {
    const { disk, files } = looseFiles()
    disk.makeLink('/loose/link', files[0])
    for (const file of ['/loose/link', '/loose', '/loose/none'])
      await expect(salvageOn(disk, [file, ...files])).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO' })
    expect(await salvageOn(disk, [...files, files[0]!])).toMatchObject({
      leftOut: [{ file: files[0], reason: 'it is named twice' }],
    })
  })
})
