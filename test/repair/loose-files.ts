/** The segments of a log as loose files, for salvage. */
import { expect } from 'vitest'
import { logOf, pathOf, recordIn } from '../support/log-images.ts'
import { readEntries } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { OUT, verifyOn } from './repair-kit.ts'

/** The segments of a log of 14 records, four to a segment, as loose files `/loose/a` to `/loose/d`. */
export function looseFiles(disk: SimulatedDisk = logOf(14)): { disk: SimulatedDisk; files: string[] } {
  const files = ['a', 'b', 'c', 'd'].map((name) => `/loose/${name}`)
  files.forEach((file, i) => {
    disk.writeFile(file, disk.readFile(pathOf(i + 1)))
  })
  return { disk, files }
}

/** LSNs of the salvaged log's records, once it is found to be clean. */
export function lsnsOf(disk: SimulatedDisk): number[] {
  expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, damage: [], tornTail: null })
  return readEntries(disk, {}, OUT).map(({ lsn }) => lsn)
}

/** Offset of a record in its loose file. */
export function placeOf(disk: SimulatedDisk, lsn: number): { file: string; offset: number } {
  const segment = Math.ceil(lsn / 4)
  return { file: `/loose/${' abcd'[segment]}`, offset: recordIn(disk, segment, lsn).offset }
}

/** Flips a bit of a record's payload. */
export function harm(disk: SimulatedDisk, file: string, lsn: number): void {
  disk.flipBit(file, placeOf(disk, lsn).offset + 100, 1)
}
