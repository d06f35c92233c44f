/** Of a file with more damaged places than anybody reads, the first 10,000 are told one by one, and the rest is counted. */
import { describe, expect, it } from 'vitest'
import { frameBytes, HEADER_PAGE_BYTES, KIND_END, KIND_RECORD, KIND_SYNC_MARK } from '../../src/format/index.ts'
import { mergeChunks, PLACES_MAX } from '../../src/read/chunk-survey.ts'
import { runChunk } from '../../src/verify/chunk-worker.ts'
import { ChunkJoin, type ChunkTask, planChunks } from '../../src/verify/survey-plan.ts'
import type { FrameSpec } from '../format/segment-bytes.ts'
import { recover } from '../support/log-harness.ts'
import { pathOf } from '../support/log-images.ts'
import { payload, range, readLsns, readPorts } from '../support/log-records.ts'
import { pageSegment } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { unreadablePages } from '../support/unreadable-pages.ts'
import { segmentsOn, verifyDisk, walkOver } from '../support/verify-disk.ts'

const BYTES = frameBytes(0)

/** Damages every other record from the first on: so many places, and as many records behind them. */
function alternating(
  places: number,
  last: FrameSpec | undefined,
): { disk: SimulatedDisk; bytes: Uint8Array<ArrayBuffer> } {
  const frames: FrameSpec[] = range(1, 2 * places).map((lsn) => ({ kind: KIND_RECORD, lsn }))
  const { bytes } = pageSegment(last === undefined ? frames : [...frames, last])
  for (let i = 0; i < places; i++) bytes[HEADER_PAGE_BYTES + 2 * i * BYTES + 20]! ^= 1
  const disk = new SimulatedDisk({ recordCalls: false })
  disk.writeFile(pathOf(1), bytes)
  return { disk, bytes }
}

function even(count: number): number[] {
  return range(1, count).map((i) => 2 * i)
}

describe('more places than are told', () => {
  const places = PLACES_MAX + 123

  it('are counted, and cost the reader who goes on nothing else', () => {
    const { disk } = alternating(places, { kind: KIND_END, lsn: 2 * places })
    const { damage, damageOmitted, records, ok, lastLsn } = verifyDisk(disk)
    expect({ ok, records, lastLsn, damageOmitted }).toEqual({
      ok: false,
      records: places,
      lastLsn: 2 * places,
      damageOmitted: 123,
    })
    expect(damage).toHaveLength(PLACES_MAX)
    expect(damage.map(({ lostFrom }) => lostFrom)).toEqual(range(0, PLACES_MAX).map((i) => 2 * i + 1))
    expect(readLsns(disk, { onDamage: 'skip' })).toEqual(even(places))
    let told = 0
    readLsns(disk, { onDamage: () => told++ })
    expect(told).toBe(places)
  })

  it('are told to who opens the log, with their number', () => {
    const { disk } = alternating(places, { kind: KIND_SYNC_MARK, lsn: 2 * places })
    const { report } = recover(disk, { recover: 'skip-damaged' })
    expect(report).toMatchObject({ damageOmitted: 123, lastLsn: 2 * places, recordsChecked: places })
    expect(report.damage).toHaveLength(PLACES_MAX)
  })

  it('are the same in parts', async () => {
    const { disk } = alternating(places, { kind: KIND_END, lsn: 2 * places })
    const ports = readPorts(disk)
    const [segment] = segmentsOn(disk)
    const run = async (task: ChunkTask): ReturnType<ConstructorParameters<typeof ChunkJoin>[0]> => runChunk(ports, task)
    const join = new ChunkJoin(run)
    for (const task of planChunks(segment!, 1 << 16)) await join.add(task, await run(task))
    expect(join.survey).toEqual(walkOver(disk, segment!))
    expect(join.survey.omitted).toBe(123)
  })

  it('in several segments are bounded together', () => {
    const first = alternating(6000, { kind: KIND_END, lsn: 12_000 })
    const { previous } = pageSegment([...range(1, 12_000).map((lsn) => ({ kind: KIND_RECORD, lsn })), end(12_000)])
    const frames: FrameSpec[] = range(12_001, 12_000).map((lsn) => ({ kind: KIND_RECORD, lsn }))
    const { bytes } = pageSegment([...frames, end(24_000)], { number: 2, firstLsn: 12_001, previous })
    for (let i = 0; i < 6000; i++) bytes[HEADER_PAGE_BYTES + 2 * i * BYTES + 20]! ^= 1
    first.disk.writeFile(pathOf(2), bytes)
    const { damage, damageOmitted, records } = verifyDisk(first.disk)
    expect([damage.length, damageOmitted, records]).toEqual([PLACES_MAX, 2000, 12_000])
    expect(damage.at(-1)).toMatchObject({ segment: '00000000000000000002.rwal' })
  })
})

function end(lsn: number): FrameSpec {
  return { kind: KIND_END, lsn }
}

describe('a place that can not be read beyond those that are told', () => {
  it('is never a torn tail all the same, nor is any before it', () => {
    const { disk, bytes } = alternating(PLACES_MAX + 500, undefined)
    expect(verifyDisk(disk)).toMatchObject({
      ok: true,
      damage: [],
      tornTail: { fromLsn: 1, records: PLACES_MAX + 500 },
    })
    disk.faults = unreadablePages(pathOf(1), [bytes.length - (bytes.length % 4096) - 8192])
    const report = verifyDisk(disk)
    expect(report).toMatchObject({ ok: false, tornTail: null })
    expect(report.damage).toHaveLength(PLACES_MAX)
    expect(report.damageOmitted).toBeGreaterThan(300)
    expect(walkOver(disk, segmentsOn(disk)[0]!)).toMatchObject({ unreadable: true })
  })
})

describe('noise', () => {
  it('in a whole segment is one place', () => {
    const disk = new SimulatedDisk({ recordCalls: false })
    const { bytes } = pageSegment([{ kind: KIND_RECORD, lsn: 1 }])
    const file = new Uint8Array(1 << 20)
    file.set(payload(file.length, 7))
    file.set(bytes)
    disk.writeFile(pathOf(1), file)
    const { places, omitted } = walkOver(disk, segmentsOn(disk)[0]!)
    expect([places.length, omitted]).toEqual([1, 0])
    expect(verifyDisk(disk)).toMatchObject({ records: 1, tornTail: { offset: HEADER_PAGE_BYTES + BYTES } })
  })
})

describe('two parts', () => {
  it('that were bounded each are bounded together', () => {
    const { disk } = alternating(PLACES_MAX + 7, { kind: KIND_END, lsn: 2 * PLACES_MAX + 14 })
    const survey = walkOver(disk, segmentsOn(disk)[0]!)
    const both = mergeChunks(survey, survey)
    expect([both.places.length, both.omitted]).toEqual([PLACES_MAX, PLACES_MAX + 14])
    expect(both.records).toBe(2 * survey.records)
  })
})
