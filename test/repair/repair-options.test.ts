import { describe, expect, it } from 'vitest'
import { type RepairOptions, repairLog, type SalvageOptions, salvageFiles } from '../../src/repair/index.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readEntries } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { OUT, repairOn, segmentsIn, verifyOn } from './repair-kit.ts'

/** LSNs of the repaired log's records, once it is found to be clean. */
function lsnsOf(disk: SimulatedDisk): number[] {
  expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, damage: [], tornTail: null })
  return readEntries(disk, {}, OUT).map(({ lsn }) => lsn)
}

describe('options', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['output', {}],
    ['output', { output: '' }],
    ['output', { output: 7 }],
    ['inPlace', { inPlace: true, output: '/x' }],
    ['inPlace', { inPlace: 1 }],
    ['dryRun', { dryRun: 'yes' }],
    ['truncateAt', { output: '/x', truncateAt: 0 }],
    ['truncateAt', { output: '/x', truncateAt: 1.5 }],
    ['dropSegments', { output: '/x', dropSegments: 3 }],
    ['dropSegments', { output: '/x', dropSegments: [0] }],
    ['fixSingleBit', { output: '/x', fixSingleBit: null }],
    ['onProgress', { output: '/x', onProgress: true }],
    ['force', { output: '/x', force: true }],
  ]

  it.each(refused)('%s is refused in %j', async (option, options) => {
    await expect(repairLog('/nowhere', options as RepairOptions)).rejects.toMatchObject({
      code: 'ERR_RINGWAL_OPTION',
      option,
    })
  })

  it('of a salvage are checked too', async () => {
    for (const options of [{}, { output: '/x', inPlace: true }, { output: '/x', logId: 'ABC' }]) {
      const salvage = salvageFiles(['/nowhere'], options as SalvageOptions)
      await expect(salvage).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
    }
    await expect(salvageFiles([], { output: '/x' })).rejects.toMatchObject({ option: 'files' })
  })
})

describe('truncateAt', () => {
  it('keeps the records up to an LSN, wherever it stands', async () => {
    for (const lsn of range(1, 15)) {
      const disk = logOf(14)
      const report = await repairOn(disk, { output: OUT, truncateAt: lsn })
      expect(lsnsOf(disk)).toEqual(range(1, Math.min(lsn, 14)))
      const cut = Math.max(0, 14 - lsn)
      expect(report).toMatchObject({ recordsCut: cut, cutFrom: cut && lsn + 1, recordsLost: 0, clean: cut === 0 })
      expect(report.leftOut.length).toBe(4 - Math.ceil(Math.min(lsn, 14) / 4))
      const again = await repairOn(disk, { output: '/again' }, OUT)
      expect(segmentsIn(disk, '/again')).toEqual(segmentsIn(disk, OUT))
      expect(again.clean).toBe(true)
    }
  })

  it('cuts a batch as a whole', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, segmentBytes: 16384 })
    log.appender.appendBytes(payload(100, 1))
    log.appender.appendBytesBatch([2, 3, 4].map((stamp) => ({ bytes: payload(100, stamp) })))
    log.appender.appendBytes(payload(100, 5))
    log.close()
    for (const [lsn, last] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 4],
      [5, 5],
    ] as const) {
      const report = await repairOn(disk, { output: `${OUT}${lsn}`, truncateAt: lsn })
      expect(readEntries(disk, {}, `${OUT}${lsn}`).map((entry) => entry.lsn)).toEqual(range(1, last))
      expect(verifyOn(disk, `${OUT}${lsn}`)).toMatchObject({ ok: true, tornTail: null })
      expect(report).toMatchObject({ lastLsn: last, recordsCut: 5 - last })
    }
  })

  it('in a range that is lost leaves a tombstone up to there', async () => {
    const disk = logOf(14)
    for (const lsn of [6, 7]) disk.flipBit(pathOf(2), recordIn(disk, 2, lsn).offset + 50, 1)
    const report = await repairOn(disk, { output: OUT, truncateAt: 6 })
    expect(lsnsOf(disk)).toEqual(range(1, 5))
    expect(report).toMatchObject({ lastLsn: 6, recordsLost: 1, recordsCut: 8 })
    expect(report.lost).toMatchObject([{ from: 6, to: 6 }])
  })

  it('before the log is refused', async () => {
    const disk = logOf(14)
    disk.remove(pathOf(1))
    await expect(repairOn(disk, { output: OUT, truncateAt: 4 })).rejects.toMatchObject({ option: 'truncateAt' })
    expect(disk.list('/')).toEqual(['wal'])
  })
})

describe('dropSegments', () => {
  const dropped: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[2], range(5, 4)],
    [[1], range(1, 4)],
    [[4], [13, 14]],
    [[2, 3], range(5, 8)],
    [
      [1, 4],
      [...range(1, 4), 13, 14],
    ],
  ]

  it.each(dropped)('%j is left out, and its records are lost', async (dropSegments, lost) => {
    const disk = logOf(14)
    const report = await repairOn(disk, { output: OUT, dropSegments })
    expect(lsnsOf(disk)).toEqual(range(1, 14).filter((lsn) => !lost.includes(lsn)))
    expect(report).toMatchObject({ recordsLost: lost.length, firstLsn: 1, lastLsn: 14, clean: false })
    expect(verifyOn(disk, OUT)).toMatchObject({ firstLsn: 1, lastLsn: 14 })
    expect(report.lost.every((range) => range.class === 'dropped' && range.acknowledged)).toBe(true)
    expect(report.leftOut).toEqual(
      dropSegments.map((number) => ({ file: pathOf(number).slice(LOG_DIR.length + 1), reason: 'asked for' })),
    )
    const numbers = [...segmentsIn(disk, OUT).keys()].map((name) => Number.parseInt(name, 10))
    expect(numbers).toEqual(range(numbers[0]!, 4 - dropSegments.length))
  })

  it('that are not there, or all that are there, are refused', async () => {
    const disk = logOf(14)
    for (const dropSegments of [[5], [1, 2, 3, 4]])
      await expect(repairOn(disk, { output: OUT, dropSegments })).rejects.toMatchObject({ option: 'dropSegments' })
    expect(disk.list('/')).toEqual(['wal'])
  })

  it('goes with truncateAt', async () => {
    const disk = logOf(14)
    const report = await repairOn(disk, { output: OUT, dropSegments: [2], truncateAt: 7 })
    expect(lsnsOf(disk)).toEqual(range(1, 4))
    expect(report).toMatchObject({ lastLsn: 7, recordsLost: 3, recordsCut: 7, cutFrom: 8 })
  })
})
