import { describe, expect, it } from 'vitest'
import {
  type Frame,
  frameBytes,
  HEADER_PAGE_BYTES,
  KIND_RECORD,
  KIND_SYNC_MARK,
  readFrame,
} from '../../src/format/index.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const SEGMENT = `${LOG_DIR}/00000000000000000001.rwal`

/** The frames of the first segment. */
function framesOf(disk: SimulatedDisk): Frame[] {
  const bytes = disk.readFile(SEGMENT)
  const view = new DataView(bytes.buffer)
  const frames: Frame[] = []
  for (let at = HEADER_PAGE_BYTES; at < bytes.length; ) {
    const frame = readFrame(view, at)
    if (frame.kind === 0) break
    frames.push(frame)
    at += frameBytes(frame.length)
  }
  return frames
}

function kindsOf(disk: SimulatedDisk): [kind: number, lsn: number][] {
  return framesOf(disk).map(({ kind, lsn }) => [kind, lsn])
}

describe('a sync mark', () => {
  it('rides at the head of the next batch, in the same write', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'always' })
    log.appender.appendBytes(payload(8, 1))
    log.step()
    log.appender.appendBytes(payload(8, 2))
    const calls = disk.calls.length
    log.step()
    expect(disk.calls.slice(calls).map(({ operation, length }) => [operation, length])).toEqual([
      ['write', 40 + 48],
      ['syncData', undefined],
    ])
    expect(kindsOf(disk)).toEqual([
      [KIND_RECORD, 1],
      [KIND_SYNC_MARK, 1],
      [KIND_RECORD, 2],
    ])
  })

  it('is not written again for what a mark tells of already', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'never' })
    log.appender.appendBytes(payload(8, 1))
    log.flush()
    for (let i = 0; i < 3; i++) {
      log.appender.appendBytes(payload(8, i))
      log.step()
    }
    expect(kindsOf(disk).filter(([kind]) => kind === KIND_SYNC_MARK)).toEqual([[KIND_SYNC_MARK, 1]])
  })

  it.each(['always', 'interval', 'never'] as const)('is left after 10 ms without a batch, once, under %s', (policy) => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy })
    log.appender.appendBytes(payload(8, 1))
    log.flush()
    expect(log.writer.restMs).toBe(10)
    log.pass(9)
    expect(kindsOf(disk)).toHaveLength(1)
    log.pass(1)
    expect(kindsOf(disk)).toEqual([
      [KIND_RECORD, 1],
      [KIND_SYNC_MARK, 1],
    ])
    const writes = log.control.counts.readCounts().bytes
    for (let i = 0; i < 10; i++) log.pass(1000)
    expect(log.control.counts.readCounts().bytes).toBe(writes)
    expect(log.control.counts.readCounts().marks).toBe(1)
  })

  it('tells of no LSN that is not durable', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'interval', everyMs: 30 })
    const wrong: unknown[] = []
    for (let i = 0; i < 200; i++) {
      if (i % 3 === 0) log.appender.appendBytes(payload(20, i))
      log.pass(7)
      const marks = framesOf(disk).filter(({ kind }) => kind === KIND_SYNC_MARK)
      wrong.push(...marks.filter(({ lsn }) => lsn > log.durable))
    }
    expect(wrong).toEqual([])
    expect(log.control.counts.readCounts().marks).toBeGreaterThan(20)
  })
})
