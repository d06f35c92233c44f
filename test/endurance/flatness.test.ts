import { describe, expect, it } from 'vitest'
import { judgeFlatness, SPAN_S_MIN } from './flatness.ts'
import { encodeRecord, RecordOrder } from './record.ts'
import { type ProcessSample, sampleProcess } from './sample.ts'

function samples(count: number, of: (i: number) => Partial<ProcessSample>): ProcessSample[] {
  const usual = { residentMib: 100, descriptors: 20, threads: 11 }
  return Array.from({ length: count }, (_, i) => ({ seconds: 10 * i, ...usual, ...of(i) }))
}

describe('what a process holds', () => {
  it('is flat though it grew at the start, and is now more, now less', () => {
    const found = samples(100, (i) => ({
      residentMib: (i < 20 ? 4 * i : 90) + 10 * (i % 3),
      descriptors: 20 + (i % 2),
    }))
    expect(judgeFlatness(found)).toMatchObject({ faults: [], descriptors: 0, threads: 0 })
  })

  it.each<[string, (i: number) => Partial<ProcessSample>, RegExp]>([
    ['memory', (i) => ({ residentMib: 100 + i }), /resident memory grew by 50\.0 MiB/],
    ['descriptors', (i) => ({ descriptors: 20 + Math.floor(i / 10) }), /5 more descriptors/],
    ['threads', (i) => ({ threads: i < 90 ? 11 : 12 }), /1 more threads/],
  ])('is told to grow: %s', (_, of, fault) => {
    expect(judgeFlatness(samples(100, of)).faults).toEqual([expect.stringMatching(fault)])
  })

  it('has a slope', () => {
    expect(judgeFlatness(samples(100, (i) => ({ residentMib: i / 10 }))).mibPerHour).toBeCloseTo(36)
  })

  it('can not be told in a short time, nor by a few samples', () => {
    const growing = (i: number): Partial<ProcessSample> => ({ residentMib: 100 * i })
    const early = samples(100, (i) => ({ ...growing(i), seconds: (i * SPAN_S_MIN) / 100 }))
    expect(judgeFlatness(early).faults).toEqual([])
    expect(judgeFlatness(samples(10, growing)).faults).toEqual([])
    expect(judgeFlatness(samples(20, growing)).faults).not.toEqual([])
    expect(judgeFlatness([]).faults).toEqual([])
  })

  it('is read of a living process, and not of one that is not there', () => {
    const own = sampleProcess(process.pid, 1)!
    expect(own.residentMib).toBeGreaterThan(10)
    expect(Math.min(own.descriptors, own.threads)).toBeGreaterThan(2)
    expect(sampleProcess(2 ** 30, 1)).toBeUndefined()
  })
})

describe('the order of the records', () => {
  const first = { life: 3, producer: 0, counter: 17 }

  it('may begin in the middle of a life', () => {
    const order = new RecordOrder()
    order.enter(9, encodeRecord(first))
    order.enter(10, encodeRecord({ life: 3, producer: 1, counter: 4 }))
    order.enter(11, encodeRecord({ ...first, counter: 18 }))
    order.enter(12, encodeRecord({ life: 4, producer: 1, counter: 0 }))
    expect(order.next).toBe(13)
  })

  it.each([
    ['an LSN', 11, { ...first, counter: 18 }],
    ['a record of a producer', 10, { ...first, counter: 19 }],
    ['the first of a life', 10, { life: 4, producer: 0, counter: 1 }],
  ])('tells that %s is missing', (_, lsn, name) => {
    const order = new RecordOrder()
    order.enter(9, encodeRecord(first))
    expect(() => order.enter(lsn, encodeRecord(name))).toThrow('instead of')
  })

  it('tells a record that is not as it was, and one of an earlier life', () => {
    const bytes = encodeRecord(first)
    bytes[bytes.length - 1]! ^= 1
    expect(() => new RecordOrder().enter(1, bytes)).toThrow('not as it was appended')
    const order = new RecordOrder()
    order.enter(9, encodeRecord(first))
    expect(() => order.enter(10, encodeRecord({ ...first, life: 2 }))).toThrow('behind life')
  })
})
