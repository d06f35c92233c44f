/** What a walk over a whole log finds: rule R17 for single bits, and the counts that verify reports. */
import { describe, expect, it } from 'vitest'
import { HEADER_BYTES, HEADER_COPY_B_AT, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { viewLog } from '../../src/read/log-view.ts'
import type { SegmentSurvey } from '../../src/read/segment-survey.ts'
import { surveyFile } from '../../src/read/survey-file.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { framesIn, logOf, pathOf, SMALL } from '../support/log-images.ts'
import { payload, readEntries, readPorts } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

function surveyLog(disk: SimulatedDisk): SegmentSurvey[] {
  const ports = readPorts(disk)
  return viewLog(ports, LOG_DIR).segments.map((segment) => surveyFile(ports, segment))
}

/** Six records, one of them empty, in two segments, each batch followed by a mark; closed. */
function smallLog(): SimulatedDisk {
  const disk = new SimulatedDisk({ recordCalls: false })
  for (const first of [1, 4]) {
    const log = LogHarness.open(disk, SMALL)
    for (let lsn = first; lsn < first + 3; lsn++) {
      log.appender.appendBytes(payload(lsn === 2 ? 0 : 40 + lsn, lsn))
      log.settle()
    }
    log.close()
  }
  return disk
}

describe('one flipped bit behind the header page', () => {
  it('is found wherever it is, and costs at most the record it is in', () => {
    const disk = smallLog()
    let cases = 0
    for (const segment of [1, 2]) {
      const size = disk.readFile(pathOf(segment)).length
      for (let offset = HEADER_PAGE_BYTES; offset < size; offset++) {
        const bit = (offset * 5 + 3) % 8
        disk.flipBit(pathOf(segment), offset, bit)
        const surveys = surveyLog(disk)
        const lsns = readEntries(disk, { onDamage: 'skip' }).map((entry) => checked(entry.lsn, entry.bytes))
        disk.flipBit(pathOf(segment), offset, bit)
        const lost = [1, 2, 3, 4, 5, 6].filter((lsn) => !lsns.includes(lsn))
        if (lost.length > 1 || !isTold(surveys, segment, offset, lost[0] ?? 0)) {
          throw new Error(
            `segment ${segment}, offset ${offset}: lost ${lost}; ${JSON.stringify(surveys, replaceBigInt)}`,
          )
        }
        cases++
      }
    }
    expect(cases).toBeGreaterThan(700)
  })
})

/** The last frame of all, the end of the last segment, is a torn tail when it is gone: nothing behind tells more. */
function isTold(surveys: readonly SegmentSurvey[], segment: number, offset: number, lost: number): boolean {
  const places = surveys.flatMap(({ damage }) => damage)
  const { tornTail, end } = surveys[1]!
  if (segment === 2 && offset >= end) return places.length === 0 && tornTail?.offset === end && tornTail.records === 0
  const [place] = places
  if (places.length !== 1 || place === undefined || tornTail !== undefined) return false
  const isThere = place.offset <= offset && offset < place.offset + place.bytes
  return isThere && place.lostFrom === lost && place.lostTo === lost
}

function replaceBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function checked(lsn: number, bytes: Uint8Array): number {
  if (Buffer.compare(bytes, payload(lsn === 2 ? 0 : 40 + lsn, lsn)) !== 0) throw new Error(`LSN ${lsn} has other bytes`)
  return lsn
}

describe('one flipped bit in a header page', () => {
  it('costs nothing, and shows', () => {
    const disk = smallLog()
    const ends = [HEADER_BYTES, HEADER_COPY_B_AT + HEADER_BYTES, HEADER_PAGE_BYTES]
    const offsets = ends.flatMap((end) => Array.from({ length: HEADER_BYTES }, (_, i) => end - 1 - i))
    for (const segment of [1, 2]) {
      for (const offset of offsets) {
        disk.flipBit(pathOf(segment), offset, offset % 8)
        const { page } = viewLog(readPorts(disk), LOG_DIR).segments[segment - 1]!
        const count = readEntries(disk).length
        disk.flipBit(pathOf(segment), offset, offset % 8)
        expect(count).toBe(6)
        expect(page.copyA === 'good' && page.copyB === 'good' && page.restIsZero, `offset ${offset}`).toBe(false)
      }
    }
  })
})

describe('a survey', () => {
  it('counts what is there', () => {
    const disk = logOf(6, 'dead')
    const [sealed, open] = surveyLog(disk)
    expect(sealed).toMatchObject({ records: 4, nextLsn: 5, sealed: true, damage: [], tornTail: undefined })
    expect(open).toMatchObject({ records: 2, nextLsn: 7, mark: 5, sealed: false, damage: [], tornTail: undefined })
    const mark = framesIn(disk, 2).findLast(({ kind }) => kind === 2)
    expect(open!.proofOffset).toBe(mark!.offset)
  })

  it('finds every one of several damaged places', () => {
    const disk = logOf(14)
    for (const [segment, lsn] of [
      [1, 1],
      [1, 4],
      [3, 10],
    ] as const) {
      const { offset } = framesIn(disk, segment).find((frame) => frame.kind === 1 && frame.lsn === lsn)!
      disk.flipBit(pathOf(segment), offset + 77, 0)
    }
    const lost = surveyLog(disk).flatMap(({ damage }) => damage.map(({ lostFrom, lostTo }) => [lostFrom, lostTo]))
    expect(lost).toEqual([
      [1, 1],
      [4, 4],
      [10, 10],
    ])
  })

  it('of a log without a segment is empty', () => {
    const disk = logOf(1)
    disk.remove(pathOf(1))
    expect(surveyLog(disk)).toEqual([])
  })
})
