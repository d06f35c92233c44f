/** What is told of a damaged place beside where it is: the checks, the one wrong bit, and whether it is proven that it was durable. */
import { xxhash64 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { frameBytes, HEADER_BYTES, HEADER_COPY_B_AT, HEADER_PAGE_BYTES, segmentName } from '../../src/format/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { LogHarness } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { mark, pageOf, pageSegment, record } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { unreadablePages } from '../support/unreadable-pages.ts'
import { segmentsOn, verifyDisk } from '../support/verify-disk.ts'
import { placeImages } from './place-images.ts'

const FILE = pathOf(1)

/** A closed log with records of 33 bytes, and 7 of padding; the middle one will be damaged. */
function smallLog(): { disk: SimulatedDisk; offset: number } {
  const disk = new SimulatedDisk({ recordCalls: false })
  const log = LogHarness.open(disk, { segmentBytes: 8192 })
  for (let lsn = 1; lsn <= 3; lsn++) log.appender.appendBytes(payload(33, lsn), { type: 77, key: 5, time: 9n })
  log.close()
  return { disk, offset: recordIn(disk, 1, 2).offset }
}

/** The only place that is told. */
function onlyPlace(disk: SimulatedDisk): Damage {
  const { damage } = verifyDisk(disk)
  expect(damage).toHaveLength(1)
  return damage[0]!
}

/** The checks of the bytes that stand at an offset, if a whole frame can. */
async function checksAt(disk: SimulatedDisk, offset: number): Promise<Pick<Damage, 'expectedCheck' | 'actualCheck'>> {
  const { header, end } = segmentsOn(disk)[0]!
  const bytes = disk.readFile(FILE)
  const length = new DataView(bytes.buffer).getUint32(offset + 8, true)
  const none = { expectedCheck: null, actualCheck: null }
  if (length > header.payloadMax || frameBytes(length) > end - offset) return none
  const carried = new DataView(bytes.buffer).getBigUint64(offset, true)
  const hash = BigInt(`0x${await xxhash64(bytes.subarray(offset + 8, offset + frameBytes(length)))}`)
  const text = (value: bigint): string => value.toString(16).padStart(16, '0')
  return { expectedCheck: text(carried), actualCheck: text(hash ^ header.salt) }
}

/** Class of damage to a byte of a frame. */
function classOf(byte: number): string {
  if (byte >= 8 && byte < 12) return 'length'
  return byte < 40 ? 'header' : 'payload'
}

describe('one wrong bit', () => {
  it('is named wherever in a frame it is, with the class of what it is in, and the checks', async () => {
    const { disk, offset } = smallLog()
    const classes = new Set<string>()
    for (let byte = 0; byte < 80; byte++) {
      for (const bit of byte < 40 ? [0, 1, 2, 3, 4, 5, 6, 7] : [byte % 8]) {
        disk.flipBit(FILE, offset + byte, bit)
        const place = onlyPlace(disk)
        const checks = await checksAt(disk, offset)
        disk.flipBit(FILE, offset + byte, bit)
        const lost = { lostFrom: 2, lostTo: 2, acknowledged: true, segment: segmentName(1), offset, bytes: 80 }
        const want = { ...lost, ...checks, class: classOf(byte), singleBit: { offset: offset + byte, bit } }
        expect(place, `byte ${byte}, bit ${bit}`).toEqual(want)
        classes.add(place.class)
      }
    }
    expect([...classes].sort()).toEqual(['header', 'length', 'payload'])
  })

  it.each([0, HEADER_COPY_B_AT])('is named in the copy of the header at %i', async (copy) => {
    const { disk } = smallLog()
    for (let byte = 0; byte < HEADER_BYTES; byte++) {
      const singleBit = { offset: copy + byte, bit: (byte * 3) % 8 }
      disk.flipBit(FILE, singleBit.offset, singleBit.bit)
      const bytes = Buffer.from(disk.readFile(FILE).subarray(copy, copy + HEADER_BYTES))
      const expectedCheck = bytes.readBigUInt64LE(120).toString(16).padStart(16, '0')
      const actualCheck = await xxhash64(bytes.subarray(0, 120))
      const want = { class: 'segment-header', offset: copy, bytes: HEADER_BYTES, lostFrom: 0, lostTo: 0 }
      expect(onlyPlace(disk)).toMatchObject({ ...want, expectedCheck, actualCheck, singleBit })
      disk.flipBit(FILE, singleBit.offset, singleBit.bit)
    }
  })

  it.each([HEADER_BYTES, HEADER_COPY_B_AT - 1, HEADER_COPY_B_AT + HEADER_BYTES, HEADER_PAGE_BYTES - 1])(
    'is named between the copies, at %i',
    (offset) => {
      const { disk } = smallLog()
      disk.flipBit(FILE, offset, 5)
      const none = { expectedCheck: null, actualCheck: null }
      const bit = { offset, bit: 5 }
      expect(onlyPlace(disk)).toMatchObject({ class: 'segment-header', offset, bytes: 1, ...none, singleBit: bit })
      disk.flipBit(FILE, offset, 6)
      expect(onlyPlace(disk)).toMatchObject({ class: 'segment-header', offset, singleBit: null })
    },
  )

  it('is named in a torn tail, also before the zeros that the file was filled with', () => {
    const disk = logOf(3, 'dead')
    const { offset } = recordIn(disk, 1, 3)
    for (const byte of [0, 9, 30, 36, 39, 500]) {
      disk.flipBit(FILE, offset + byte, 4)
      const { tornTail } = verifyDisk(disk)
      expect(tornTail).toMatchObject({ offset, acknowledged: false, singleBit: { offset: offset + byte, bit: 4 } })
      disk.flipBit(FILE, offset + byte, 4)
    }
  })
})

describe('more than one wrong bit', () => {
  it.each([
    [40, 41],
    [40, 72],
    [0, 60],
    [8, 9],
    [8, 45],
    [16, 24],
    [36, 37],
  ])('at bytes %i and %i of a frame: none is named', async (first, second) => {
    const { disk, offset } = smallLog()
    for (const byte of [first, second]) disk.flipBit(FILE, offset + byte, 2)
    const place = onlyPlace(disk)
    expect(place).toMatchObject({ offset, lostFrom: 2, lostTo: 2, singleBit: null })
    expect(place).toMatchObject(await checksAt(disk, offset))
  })

  it('in one byte of a frame, or of a copy of the header: none is named', () => {
    for (const at of [smallLog().offset + 50, 60, HEADER_COPY_B_AT + 60]) {
      const { disk } = smallLog()
      for (const bit of [1, 6]) disk.flipBit(FILE, at, bit)
      expect(onlyPlace(disk).singleBit).toBeNull()
    }
  })

  it('where another frame behind it is gone too: none is named, as one bit does not make the place whole', () => {
    const disk = logOf(14)
    const [second, third] = [recordIn(disk, 1, 2), recordIn(disk, 1, 3)]
    disk.flipBit(FILE, second.offset + 100, 1)
    edit(disk, FILE, (bytes) => void bytes.fill(0x5a, second.offset + frameBytes(second.length), third.offset + 50))
    expect(onlyPlace(disk)).toMatchObject({ offset: second.offset, lostFrom: 2, lostTo: 3, singleBit: null })
  })

  it('in a torn tail, or with something behind it: none is named', () => {
    const disk = logOf(3, 'dead')
    const { offset } = recordIn(disk, 1, 3)
    disk.flipBit(FILE, offset + 100, 1)
    edit(disk, FILE, (bytes) => void bytes.fill(1, 8000, 8001))
    expect(verifyDisk(disk).tornTail).toMatchObject({ offset, singleBit: null })
  })
})

describe('a frame too long for every bit of it to be tried', () => {
  it('has a bit of its length named, and none of its payload', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { segmentBytes: 1 << 17, ringBytes: 1 << 17 })
    for (let lsn = 1; lsn <= 3; lsn++) log.appender.appendBytes(payload(30_000, lsn))
    log.close()
    const { offset } = recordIn(disk, 1, 2)
    for (const [byte, isNamed] of [
      [9, true],
      [3, true],
      [20_000, false],
    ] as const) {
      disk.flipBit(FILE, offset + byte, 0)
      expect(onlyPlace(disk).singleBit).toEqual(isNamed ? { offset: offset + byte, bit: 0 } : null)
      disk.flipBit(FILE, offset + byte, 0)
    }
  })
})

describe('a place where no whole frame stands', () => {
  it('has no checks, and no bit', () => {
    const images = placeImages().filter(({ facts }) => !['check', 'length', 'cut'].includes(facts.found))
    let told = 0
    for (const { title, disk, offset } of images) {
      const place = verifyDisk(disk).damage.find((one) => one.offset === offset)
      if (place === undefined) continue
      expect(place, title).toMatchObject({ expectedCheck: null, actualCheck: null, singleBit: null })
      told++
    }
    expect(told).toBeGreaterThan(20)
  })
})

describe('acknowledged', () => {
  it('is what a mark, an end frame or a later segment proves', () => {
    for (const [disk, segment, lsn] of [
      [logOf(3, 'dead'), 1, 2],
      [logOf(3), 1, 3],
      [logOf(6, 'dead'), 1, 4],
    ] as const) {
      disk.flipBit(pathOf(segment), recordIn(disk, segment, lsn).offset + 100, 1)
      expect(onlyPlace(disk)).toMatchObject({ lostFrom: lsn, lostTo: lsn, acknowledged: true })
    }
  })

  it('is not what only a place that can not be read might prove', () => {
    const disk = new SimulatedDisk()
    const frames = [record(1), record(2), mark(2), record(3), record(4), record(5)]
    disk.writeFile(FILE, pageSegment(frames).bytes)
    disk.flipBit(FILE, pageOf(1) + 60, 1)
    disk.flipBit(FILE, pageOf(3) + 60, 1)
    expect(verifyDisk(disk)).toMatchObject({ damage: { length: 1 }, tornTail: { offset: pageOf(3) } })
    disk.faults = unreadablePages(FILE, [pageOf(4)])
    const places = verifyDisk(disk).damage.map((one) => [one.class, one.lostFrom, one.lostTo, one.acknowledged])
    expect(places).toEqual([
      ['payload', 2, 2, true],
      ['unreadable', 3, 4, false],
    ])
  })

  it('is nothing of a torn tail', () => {
    const disk = logOf(3, 'dead')
    expect(framesIn(disk, 1).at(-1)).toMatchObject({ kind: 1, lsn: 3 })
    disk.flipBit(FILE, recordIn(disk, 1, 3).offset + 100, 1)
    expect(verifyDisk(disk)).toMatchObject({ ok: true, damage: [], tornTail: { acknowledged: false, fromLsn: 3 } })
    expect(thrownBy(() => LogHarness.open(disk))).toBeUndefined()
  })
})
