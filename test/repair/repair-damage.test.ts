import { describe, expect, it } from 'vitest'
import { decodeHeaderPage, encodeHeaderPage, segmentName } from '../../src/format/index.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { range, readEntries } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { filesIn, OUT, recordsIn, repairOn, segmentsIn, verifyOn } from './repair-kit.ts'

type Harm = readonly [name: string, harm: (disk: SimulatedDisk) => void, lost: readonly number[]]

/** Ways to harm a log of 14 records, four to a segment, and the LSNs that they cost. */
const HARMS: readonly Harm[] = [
  ['nothing', () => {}, []],
  ['a payload', flip(2, 100), [2]],
  ['a check', flip(6, 0), [6]],
  ['a length', flip(6, 8), [6]],
  ['a kind', flip(7, 12), [7]],
  ['an LSN', flip(8, 17), [8]],
  ['the first record of a segment', flip(5, 50), [5]],
  ['the last record', flip(14, 50), [14]],
  ['records side by side', (disk) => [6, 7].map((lsn) => flip(lsn, 60)(disk)), [6, 7]],
  ['records in every segment', (disk) => [1, 4, 6, 12, 13].map((lsn) => flip(lsn, 60)(disk)), [1, 4, 6, 12, 13]],
  ['a sync mark', (disk) => disk.flipBit(pathOf(1), frameOf(disk, 1, 2), 3), []],
  ['an end frame', (disk) => disk.flipBit(pathOf(2), frameOf(disk, 2, 4), 3), []],
  ['the last end frame', (disk) => disk.flipBit(pathOf(4), frameOf(disk, 4, 4), 3), []],
  [
    'a stretch that is zeros',
    (disk) => fill(disk, 2, recordIn(disk, 2, 6).offset, recordIn(disk, 2, 8).offset),
    [6, 7],
  ],
  ['the end of a segment, which is zeros', (disk) => fill(disk, 2, recordIn(disk, 2, 7).offset), [7, 8]],
  ['all frames of a segment', (disk) => fill(disk, 2, 4096), range(5, 4)],
  ['all frames of the first segment', (disk) => fill(disk, 1, 4096), range(1, 4)],
  ['a sector that is an old one', (disk) => oldSector(disk), [7]],
  ['the first copy of a header', (disk) => disk.flipBit(pathOf(2), 40, 0), []],
  ['the second copy of a header', (disk) => disk.flipBit(pathOf(2), 2048 + 40, 0), []],
  ['the rest of a header page', (disk) => disk.flipBit(pathOf(3), 1000, 0), []],
  ['a whole header page', (disk) => fill(disk, 2, 0, 4096), []],
  ['the first header page', (disk) => fill(disk, 1, 0, 4096), []],
  ['the last header page', (disk) => fill(disk, 4, 0, 4096), []],
  ['a header page and the first record', (disk) => [fill(disk, 2, 0, 4096), flip(5, 60)(disk)], [5]],
  ['two header pages side by side', (disk) => [2, 3].map((number) => fill(disk, number, 0, 4096)), []],
  ['every header page', (disk) => range(1, 4).map((number) => fill(disk, number, 0, 4096)), []],
  [
    'a file that was cut off',
    (disk) => edit(disk, pathOf(2), (bytes) => bytes.slice(0, recordIn(disk, 2, 7).offset + 9)),
    [7, 8],
  ],
  ['a file that is gone', (disk) => disk.remove(pathOf(2)), range(5, 4)],
  ['two files that are gone', (disk) => [2, 3].map((number) => disk.remove(pathOf(number))), range(5, 8)],
  ['a file of another log', (disk) => rewriteHeader(disk, 3, { logId: 'f'.repeat(32) }), range(9, 4)],
  ['a file that is a copy of another', (disk) => disk.writeFile(pathOf(3), disk.readFile(pathOf(2))), range(9, 4)],
  [
    'a link in the place of a file',
    (disk) => replace(disk, 2, () => disk.makeLink(pathOf(2), '/elsewhere')),
    range(5, 4),
  ],
  ['a directory in the place of a file', (disk) => replace(disk, 2, () => disk.makeDirectory(pathOf(2))), range(5, 4)],
  [
    'garbage behind the end',
    (disk) => edit(disk, pathOf(4), (bytes) => Buffer.concat([bytes, Buffer.alloc(999, 7)])),
    [],
  ],
]

/** A bit of a record's frame, so many bytes behind its start. */
function flip(lsn: number, at: number): (disk: SimulatedDisk) => void {
  const segment = Math.ceil(lsn / 4)
  return (disk) => disk.flipBit(pathOf(segment), recordIn(disk, segment, lsn).offset + at, 2)
}

/** Offset of something in the first frame of a kind. */
function frameOf(disk: SimulatedDisk, segment: number, kind: number): number {
  return framesIn(disk, segment).find((frame) => frame.kind === kind)!.offset + 20
}

function fill(disk: SimulatedDisk, segment: number, from: number, to?: number): void {
  edit(disk, pathOf(segment), (bytes) => void bytes.fill(0, from, to))
}

/** Record 5 stands in the place of record 7 again. */
function oldSector(disk: SimulatedDisk): void {
  const [old, place] = [5, 7].map((lsn) => recordIn(disk, 2, lsn).offset)
  edit(disk, pathOf(2), (bytes) => void bytes.copyWithin(place!, old!, old! + 940))
}

function rewriteHeader(disk: SimulatedDisk, segment: number, change: object): void {
  edit(disk, pathOf(segment), (bytes) => {
    const { header } = decodeHeaderPage(bytes.subarray(0, 4096), checker)
    bytes.set(encodeHeaderPage({ ...header!, ...change }, checker))
    return undefined
  })
}

function replace(disk: SimulatedDisk, segment: number, plant: () => void): void {
  disk.remove(pathOf(segment))
  plant()
}

describe.each(HARMS)('a log with damage to %s', (_, harm, lost) => {
  const left = range(1, 14).filter((lsn) => !lost.includes(lsn))

  function harmed(): SimulatedDisk {
    const disk = logOf(14)
    harm(disk)
    return disk
  }

  it('is repaired to a clean log of the records that verify', async () => {
    const disk = harmed()
    const before = recordsIn(disk, LOG_DIR)
    const report = await repairOn(disk)
    expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, damage: [], tornTail: null, records: left.length })
    expect(recordsIn(disk, OUT)).toEqual(before)
    expect(readEntries(disk, {}, OUT).map(({ lsn }) => lsn)).toEqual(left)
    expect(report).toMatchObject({ recordsKept: left.length, recordsLost: lost.length, clean: lost.length === 0 })
  })

  it('is not changed', async () => {
    const disk = harmed()
    const before = segmentBytes(disk)
    await repairOn(disk)
    expect(segmentBytes(disk)).toEqual(before)
  })

  it('is repaired for good: a second repair changes no byte', async () => {
    const disk = harmed()
    await repairOn(disk)
    const again = await repairOn(disk, { output: '/again' }, OUT)
    expect(segmentsIn(disk, '/again')).toEqual(segmentsIn(disk, OUT))
    expect(again).toMatchObject({ clean: true, recordsLost: 0, recordsKept: left.length })
    expect([...filesIn(disk, OUT).keys()].sort()).toContain(segmentName(1))
  })
})

function segmentBytes(disk: SimulatedDisk): (Uint8Array | undefined)[] {
  return [1, 2, 3, 4].map((number) => {
    const isFile = disk.statPath(pathOf(number))?.kind === 'file'
    return isFile ? disk.readFile(pathOf(number)) : undefined
  })
}
