import { describe, expect, it } from 'vitest'
import { decodeHeaderPage } from '../../src/format/index.ts'
import { someRecords } from '../format/segment-bytes.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { range, readEntries } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { harm, looseFiles, lsnsOf } from './loose-files.ts'
import { OUT, recordsIn, salvageOn, segmentFile } from './repair-kit.ts'

function logIdOf(disk: SimulatedDisk): string {
  return decodeHeaderPage(disk.readFile('/loose/b').subarray(0, 4096), checker).header!.logId
}

describe('several copies of a segment', () => {
  it('fill one another’s holes', async () => {
    const { disk, files } = looseFiles()
    disk.writeFile('/loose/b2', disk.readFile('/loose/b'))
    disk.writeFile('/loose/b3', disk.readFile('/loose/b'))
    for (const lsn of [5, 6, 8]) harm(disk, '/loose/b', lsn)
    for (const lsn of [6, 7]) harm(disk, '/loose/b2', lsn)
    for (const lsn of [5, 7, 8]) harm(disk, '/loose/b3', lsn)
    const report = await salvageOn(disk, [...files, '/loose/b2', '/loose/b3'])
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    expect(report).toMatchObject({ clean: true, recordsKept: 14, recordsLost: 0 })
    expect(report.recordsFilled).toBeGreaterThan(0)
  })

  it('of which one is cut short are whole together', async () => {
    const { disk } = looseFiles()
    disk.writeFile('/loose/short', disk.readFile('/loose/b').slice(0, recordIn(disk, 2, 7).offset + 20))
    for (const lsn of [5, 6]) harm(disk, '/loose/b', lsn)
    const report = await salvageOn(disk, ['/loose/short', '/loose/b'])
    expect(lsnsOf(disk)).toEqual(range(5, 4))
    expect(report).toMatchObject({ clean: true, recordsFilled: 2 })
  })

  it('that are the same are counted', async () => {
    const { disk, files } = looseFiles()
    disk.writeFile('/loose/again', disk.readFile('/loose/c'))
    const report = await salvageOn(disk, [...files, '/loose/again'])
    expect(report).toMatchObject({ clean: true, recordsKept: 14, duplicates: 4, leftOut: [] })
  })
})

describe('files that contradict one another', () => {
  it('are not mixed: the second is left out, and told', async () => {
    const { disk, files } = looseFiles()
    // Another history: one that went on from the same first segment, with other records, and got further.
    const header = {
      number: 2,
      firstLsn: 5,
      salt: 77n,
      logId: logIdOf(disk),
      previous: { lastLsn: 4, endOffset: 8032, lastCheck: 1n },
    }
    disk.writeFile('/loose/fork', segmentFile(someRecords(5, 20), header))
    const report = await salvageOn(disk, [...files, '/loose/fork'])
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    expect(recordsIn(disk, OUT)).toEqual(recordsIn(disk, LOG_DIR))
    const reason = 'conflict: what it has under LSN 5 is not what /loose/b has'
    expect(report.leftOut).toEqual([{ file: '/loose/fork', reason }])
  })

  it('are told apart where they claim to be the same segment, too', async () => {
    const { disk } = looseFiles()
    const { salt } = decodeHeaderPage(disk.readFile('/loose/b').subarray(0, 4096), checker).header!
    const header = {
      number: 2,
      firstLsn: 5,
      salt,
      logId: logIdOf(disk),
      previous: { lastLsn: 4, endOffset: 8032, lastCheck: 1n },
    }
    disk.writeFile('/loose/fork', segmentFile(someRecords(5, 7), header))
    const report = await salvageOn(disk, ['/loose/fork', '/loose/b'])
    expect(lsnsOf(disk)).toEqual(range(5, 4))
    expect(report.leftOut).toMatchObject([{ file: '/loose/fork' }])
  })

  it('but have the same records under another salt go together', async () => {
    const { disk, files } = looseFiles()
    const records = readEntries(disk, {}, '/loose/c').map(({ lsn, bytes, type, time, key }) => ({
      kind: 1,
      lsn,
      type,
      time,
      key,
      payload: bytes,
    }))
    const more = someRecords(13, 13)
    const header = {
      number: 3,
      firstLsn: 9,
      salt: 77n,
      logId: logIdOf(disk),
      previous: { lastLsn: 8, endOffset: 8032, lastCheck: 1n },
    }
    disk.writeFile('/loose/other', segmentFile([...records, ...more], header))
    const report = await salvageOn(disk, [files[1]!, files[2]!, '/loose/other'])
    expect(lsnsOf(disk)).toEqual(range(5, 9))
    expect(report).toMatchObject({ duplicates: 4, leftOut: [], clean: true })
  })
})

it('numbers that leave none for the segments behind are not kept', async () => {
  const { disk } = looseFiles()
  const first = segmentFile(someRecords(1, 3), { number: Number.MAX_SAFE_INTEGER, logId: logIdOf(disk) })
  const second = segmentFile(someRecords(4, 6), { number: 7, firstLsn: 4, salt: 5n, logId: logIdOf(disk) })
  disk.writeFile('/loose/first', first)
  disk.writeFile('/loose/second', second)
  expect(await salvageOn(disk, ['/loose/first', '/loose/second'])).toMatchObject({ recordsKept: 6 })
  expect(lsnsOf(disk)).toEqual([1, 2, 3, 4, 5, 6])
})

describe('files of several logs', () => {
  it('are refused by name, unless one log is chosen', async () => {
    const { disk, files } = looseFiles()
    const other = logOf(5)
    disk.writeFile('/loose/foreign', other.readFile(pathOf(1)))
    const [one, two] = ['/loose/a', '/loose/foreign'].map(
      (file) => decodeHeaderPage(disk.readFile(file).subarray(0, 4096), checker).header!.logId,
    )
    const refused = salvageOn(disk, [...files, '/loose/foreign'])
    const message = expect.stringContaining(`/loose/foreign of ${two}`)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', message })
    const report = await salvageOn(disk, [...files, '/loose/foreign'], { output: OUT, logId: one! })
    expect(lsnsOf(disk)).toEqual(range(1, 14))
    expect(report.leftOut).toEqual([{ file: '/loose/foreign', reason: `it is of log ${two}` }])
    await expect(salvageOn(disk, files, { output: '/x', logId: two! })).rejects.toMatchObject({ option: 'logId' })
  })

  it('leave no place for one without a header', async () => {
    const { disk, files } = looseFiles()
    disk.writeFile('/loose/foreign', logOf(5).readFile(pathOf(1)))
    edit(disk, '/loose/c', (bytes) => void bytes.fill(0, 0, 4096))
    const { logId } = decodeHeaderPage(disk.readFile('/loose/a').subarray(0, 4096), checker).header!
    const report = await salvageOn(disk, [...files, '/loose/foreign'], { output: OUT, logId })
    expect(report.leftOut.map(({ file }) => file).sort()).toEqual(['/loose/c', '/loose/foreign'])
    expect(lsnsOf(disk)).toEqual([...range(1, 8), 13, 14])
  })
})
