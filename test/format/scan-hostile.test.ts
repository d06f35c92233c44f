import { describe, expect, it } from 'vitest'
import { createChecker, createKernelMemory, FRAME_PAYLOAD_LIMIT, writeFrame } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { badPlaces, recordsIn, scanBoth, scanFile } from './scan-steps.ts'
import { frameOf, framesOf, PAYLOAD_MAX, placesOf, SALT, segmentOf, someRecords } from './segment-bytes.ts'

const specs = someRecords(1, 20)
const places = placesOf(specs)
const MIB = 1 << 20
/** Its low half is small, so that the tag can be the high half of an LSN too, and fake headers can stand every 16 bytes. */
const CHOSEN_SALT = ((SALT >> 32n) << 32n) | 7n

/** A place every 16 bytes that looks like the header of a frame reaching to the end. */
function fakeHeaders(length: number, tag: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at + 48 <= length; at += 16) {
    view.setUint32(at, 5, true)
    view.setUint32(at + 4, tag, true)
    view.setUint32(at + 8, length - at - 40, true)
    view.setUint8(at + 12, 1)
  }
  return bytes
}

describe('a hostile segment', () => {
  it.each([PAYLOAD_MAX + 1, FRAME_PAYLOAD_LIMIT + 1, 0x7fff_ffff, 0xffff_ffd1, 0xffff_ffff])(
    'with a length of %d costs the one frame',
    (length) => {
      const file = segmentOf(framesOf(specs))
      new DataView(file.buffer).setUint32(places[4]!.offset + 8, length, true)
      const scanned = scanBoth(file)
      expect(scanned.records).toEqual(recordsIn(specs.filter(({ lsn }) => lsn !== 5)))
      expect(badPlaces(scanned)).toEqual([{ ...places[4], reason: 'length', expected: 5, resumed: true }])
      expect(scanned.steps[1]).toMatchObject({ statedLsn: 5, statedBytes: Math.ceil((length + 40) / 8) * 8 })
    },
  )

  it('with a length that reaches past the end costs the one frame', () => {
    const file = segmentOf(framesOf(specs))
    new DataView(file.buffer).setUint32(places[4]!.offset + 8, file.length, true)
    const scanned = scanBoth(file)
    expect(scanned.records).toEqual(recordsIn(specs.filter(({ lsn }) => lsn !== 5)))
    expect(badPlaces(scanned)).toEqual([{ ...places[4], reason: 'cut', expected: 5, resumed: true }])
  })

  it('whose damaged payload is full of frames of another segment loses that one frame', () => {
    const inner = framesOf(someRecords(2, 400), SALT ^ (1n << 50n))
    const frames = [...specs.slice(0, 5), { ...specs[5]!, payload: inner }, ...specs.slice(6)]
    const file = segmentOf(framesOf(frames))
    file[placesOf(frames)[5]!.offset + 3]! ^= 64
    const scanned = scanBoth(file)
    expect(scanned.records).toEqual(recordsIn(specs.filter(({ lsn }) => lsn !== 6)))
    expect(badPlaces(scanned)).toMatchObject([{ ...placesOf(frames)[5]!, resumed: true }])
  })

  it('whose damaged payload is full of headers costs hardly more time than noise, as it has no tag', () => {
    const payloadMax = 4 * MIB
    const head = framesOf(specs.slice(0, 1))
    const frame = frameOf({ ...specs[1]!, payload: fakeHeaders(payloadMax, 0) })
    const file = segmentOf(head, frame, framesOf(specs.slice(2)))
    file[4096 + head.length]! ^= 1
    const started = performance.now()
    const scanned = scanFile(file, { payloadMax }, createKernelMemory(MIB))
    expect(performance.now() - started).toBeLessThan(1000)
    expect(scanned.records).toEqual(recordsIn(specs.filter(({ lsn }) => lsn !== 2)))
  })

  it('made by someone who chose the salt, of headers only, is walked through in time', () => {
    for (const capacity of [4096, MIB]) {
      const file = segmentOf(fakeHeaders(2 * MIB, Number(BigInt.asUintN(32, CHOSEN_SALT))))
      const settings = { payloadMax: FRAME_PAYLOAD_LIMIT, salt: CHOSEN_SALT }
      const started = performance.now()
      const scanned = scanFile(file, settings, createKernelMemory(capacity))
      expect(performance.now() - started).toBeLessThan(5000)
      expect(badPlaces(scanned)).toMatchObject([{ offset: 4096, bytes: 2 * MIB, resumed: false }])
    }
  })

  it('of frames and long headers in turn, by someone who chose the salt, is walked through in time', async () => {
    const checker = await createChecker()
    const bytes = new Uint8Array(3 * MIB)
    const view = new DataView(bytes.buffer)
    const header = { kind: 1, length: 0, lsn: 1 }
    for (let at = 0, lsn = 1; at + 80 <= bytes.length; at += 80, lsn++) {
      writeFrame(view, at, { ...header, lsn })
      writeFrame(view, at + 40, { ...header, lsn, length: Math.max(0, bytes.length - at - 80) })
      for (const place of [at, at + 40]) view.setUint32(place + 36, Number(BigInt.asUintN(32, CHOSEN_SALT)), true)
      view.setBigUint64(at, checker.xxh64(bytes.subarray(at + 8, at + 40)) ^ CHOSEN_SALT, true)
    }
    const settings = { payloadMax: FRAME_PAYLOAD_LIMIT, salt: CHOSEN_SALT }
    const started = performance.now()
    const scanned = scanFile(segmentOf(bytes), settings, createKernelMemory(4096))
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(scanned.records.length).toBe(Math.floor(bytes.length / 80))
  })

  it('of noise ends, on both kernels alike', () => {
    const random = new SeededRandom(12)
    for (let round = 0; round < 50; round++) {
      const { steps, records } = scanBoth(segmentOf(random.bytes(random.below(6000))))
      expect(records).toEqual([])
      expect(steps.length).toBeLessThanOrEqual(2)
    }
  })
})
