import { describe, expect, it } from 'vitest'
import { FRAME_HEADER_BYTES, frameBytes, HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { resolveOptions } from '../../src/wal/options.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { framesIn, pathOf } from '../support/log-images.ts'
import { payload, range, readEntries } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const SEGMENT_BYTES = 8192
/** Bytes of frames that records may take in a segment: one mark and the end frame always find room behind. */
const ROOM = SEGMENT_BYTES - HEADER_PAGE_BYTES - 2 * FRAME_HEADER_BYTES
const SETTINGS = { policy: 'always', segmentBytes: SEGMENT_BYTES, ringBytes: 16384 } as const

function sizesOf(disk: SimulatedDisk): number[] {
  return disk.list(LOG_DIR).map((name) => disk.readFile(`${LOG_DIR}/${name}`).length)
}

describe('a segment', () => {
  it('never grows beyond segmentBytes, whatever sizes come in whatever batches', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new SeededRandom(seed)
      const disk = new SimulatedDisk({ recordCalls: false })
      const policy = random.pick(['always', 'interval', 'never'] as const)
      const log = LogHarness.open(disk, { ...SETTINGS, policy, everyMs: 5 })
      let count = 0
      for (let round = 0; round < 120; round++) {
        for (let i = random.below(4); i >= 0; i--) {
          const bytes = payload(random.chance(0.2) ? random.between(3000, 3896) : random.below(500), round)
          if (!log.producer.hasRoomFor(frameBytes(bytes.length))) log.settle()
          log.appender.appendBytes(bytes)
          count++
        }
        if (random.chance(0.7)) log.settle()
        if (random.chance(0.4)) log.pass(random.between(1, 12))
      }
      log.close()
      expect(log.control.failure).toBeUndefined()
      expect(Math.max(...sizesOf(disk))).toBeLessThanOrEqual(SEGMENT_BYTES)
      expect(readEntries(disk).map(({ lsn }) => lsn)).toEqual(range(1, count))
      expect(recover(disk).report).toMatchObject({ lastLsn: count, damage: [], clean: true })
    }
  })

  it('takes a batch that fits exactly, with a mark before it and the end frame behind', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SETTINGS)
    log.appender.appendBytes(payload(0, 1))
    log.settle()
    log.appender.appendBytes(payload(1000, 2))
    log.appender.appendBytes(payload(ROOM - 40 - 1040 - 40, 3))
    log.settle()
    expect(framesIn(disk, 1).map(({ kind, lsn }) => [kind, lsn])).toEqual([
      [1, 1],
      [2, 1],
      [1, 2],
      [1, 3],
    ])
    log.appender.appendBytes(payload(0, 4))
    log.settle()
    expect(disk.readFile(pathOf(1))).toHaveLength(SEGMENT_BYTES)
    expect(framesIn(disk, 2)).toMatchObject([{ kind: 1, lsn: 4 }])
  })

  it('begins anew for a batch that is 8 bytes too long', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SETTINGS)
    log.appender.appendBytes(payload(48, 1))
    log.settle()
    const batchBytes = ROOM - 88 + 8
    log.appender.appendBytesBatch([{ bytes: payload(1000, 2) }, { bytes: payload(batchBytes - 1040 - 40, 3) }])
    log.settle()
    expect(framesIn(disk, 1).map(({ kind }) => kind)).toEqual([1, 4])
    expect(framesIn(disk, 2).map(({ lsn }) => lsn)).toEqual([2, 3])
  })

  it('ends when an idle mark would not leave room for the end frame', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SETTINGS)
    log.appender.appendBytes(payload(0, 1))
    log.settle()
    log.appender.appendBytes(payload(1000, 2))
    log.appender.appendBytes(payload(ROOM - 40 - 1040 - 40, 3))
    log.settle()
    log.pass(10)
    expect(framesIn(disk, 1).map(({ kind }) => kind)).toEqual([1, 2, 1, 1, 4])
    expect(recover(disk).report).toMatchObject({ clean: true, lastLsn: 3 })
    log.appender.appendBytes(payload(0, 4))
    log.close()
    expect(recover(disk).report).toMatchObject({ segments: 2, lastLsn: 4 })
  })
})

describe('a record of the largest size that the options allow', () => {
  it.each([
    [65536, 65536],
    [65536, 1 << 20],
    [1 << 17, 65536],
  ])('is taken wherever in the ring it begins: ring %i, segment %i', (ringBytes, segmentBytes) => {
    const { maxRecordBytes } = resolveOptions({ dir: 'x', ringBytes, segmentBytes })
    const disk = new SimulatedDisk({ recordCalls: false })
    const log = LogHarness.open(disk, { policy: 'always', ringBytes, segmentBytes, maxRecordBytes })
    let lsn = 0
    for (let round = 0; round < 60; round++) {
      expect(log.appender.appendBytes(payload((round * 1000) % 3000, round))).toBe(++lsn)
      log.settle()
      expect(log.appender.appendBytes(payload(maxRecordBytes, round))).toBe(++lsn)
      log.settle()
    }
    expect(log.durable).toBe(lsn)
    expect(log.control.failure).toBeUndefined()
    expect(Math.max(...sizesOf(disk))).toBeLessThanOrEqual(segmentBytes)
  })

  it('and not a byte more', () => {
    const log = LogHarness.open(new SimulatedDisk(), { ...SETTINGS, maxRecordBytes: 100 })
    expect(() => log.appender.appendBytes(payload(101, 1))).toThrow(
      expect.objectContaining({ code: 'ERR_RINGWAL_TOO_LARGE', bytes: 101, limit: 100 }),
    )
    expect(log.appender.appendBytes(payload(100, 1))).toBe(1)
  })
})
