import { describe, expect, it } from 'vitest'
import { createKernelMemory, createReferenceMemory, type FrameMemory, SegmentScanner } from '../../src/format/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { badPlaces, recordsIn, scanFile } from './scan-steps.ts'
import { byteSource, framesOf, PAYLOAD_MAX, placesOf, SALT, segmentOf, someRecords } from './segment-bytes.ts'

const specs = someRecords(1, 120, 9, 700)
const places = placesOf(specs)
const file = segmentOf(framesOf(specs), new Uint8Array(5000))
const capacities = [0, 1, 64, 72, 100, 512, 1000, 4096, 1 << 20]

async function memories(capacity: number): Promise<FrameMemory[]> {
  return [createKernelMemory(capacity), await createReferenceMemory(capacity)]
}

describe('a scan in little memory', () => {
  it.each(capacities)('of %d bytes delivers every record, also those longer than the memory', async (capacity) => {
    for (const memory of await memories(capacity)) {
      const scanned = scanFile(file, {}, memory)
      expect(scanned.records).toEqual(recordsIn(specs))
      expect(badPlaces(scanned)).toEqual([])
      expect(scanned.steps.at(-1)).toMatchObject({ reason: 'zeros', offset: file.length - 5000 })
    }
  })

  it.each(capacities)('of %d bytes finds the same bad regions as in a large one', async (capacity) => {
    const random = new SeededRandom(10)
    for (let round = 0; round < 40; round++) {
      const harmed = file.slice()
      for (let harm = 0; harm < 4; harm++) {
        const at = random.between(4096, file.length - 1)
        if (random.chance(0.5)) harmed.fill(0, at, at + random.below(1500))
        else harmed[at]! ^= 1 << random.below(8)
      }
      const wanted = scanFile(harmed)
      for (const memory of await memories(capacity)) {
        const scanned = scanFile(harmed, {}, memory)
        expect(badPlaces(scanned)).toEqual(badPlaces(wanted))
        expect(scanned.records).toEqual(wanted.records)
        expect(scanned).toMatchObject({ mark: wanted.mark, expected: wanted.expected, whole: wanted.whole })
      }
    }
  })

  it('finds what stands behind a hole of zeros, wherever the hole ends', () => {
    const [head, rest] = [framesOf(specs.slice(0, 1)), framesOf(specs.slice(1, 5))]
    for (let hole = 8; hole <= 700; hole += 8) {
      const holed = segmentOf(head, new Uint8Array(hole), rest)
      for (const capacity of [64, 128, 512]) {
        const scanned = scanFile(holed, {}, createKernelMemory(capacity))
        expect(scanned.records, `${hole} zeros`).toEqual(recordsIn(specs.slice(0, 5)))
        expect(badPlaces(scanned)).toMatchObject([{ offset: 4096 + head.length, bytes: hole, resumed: true }])
      }
    }
  })

  it('takes no more than the longest frame allowed, whatever a header says', () => {
    const harmed = file.slice()
    const { offset } = places[3]!
    new DataView(harmed.buffer).setUint32(offset + 8, 40_000, true)
    const payloadMax = 700
    const source = byteSource(harmed)
    const settings = { salt: SALT, payloadMax, end: harmed.length, expected: 1 }
    const scanner = new SegmentScanner(source, settings, createKernelMemory(600))
    while (scanner.next().kind !== 'end') expect(scanner.memory.capacity).toBeLessThanOrEqual(744)
    expect(scanner.memory.capacity).toBeGreaterThan(600)
    expect(PAYLOAD_MAX).toBeGreaterThan(40_000)
  })

  it('takes no more than the file has left, whatever a header says', () => {
    const harmed = file.slice()
    const { offset } = places[3]!
    new DataView(harmed.buffer).setUint32(offset + 8, 1 << 24, true)
    const settings = { salt: SALT, payloadMax: 1 << 25, end: harmed.length, expected: 1 }
    const scanner = new SegmentScanner(byteSource(harmed), settings, createKernelMemory(600))
    while (scanner.next().kind !== 'end');
    expect(scanner.memory.capacity).toBeLessThanOrEqual(harmed.length)
  })

  it('reads little more than the file', () => {
    let read = 0
    const source = byteSource(file)
    const counting = {
      read: (into: Uint8Array, at: number, length: number, position: number): number => {
        read += length
        return source.read(into, at, length, position)
      },
    }
    const settings = { salt: SALT, payloadMax: PAYLOAD_MAX, end: file.length, expected: 1 }
    const scanner = new SegmentScanner(counting, settings, createKernelMemory(4096))
    while (scanner.next().kind !== 'end');
    expect(read).toBeLessThan(file.length * 1.5)
  })
})
