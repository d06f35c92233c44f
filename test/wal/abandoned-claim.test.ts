import { describe, expect, it } from 'vitest'
import { KIND_TOMBSTONE, TOMBSTONE_ABANDONED } from '../../src/format/index.ts'
import { RingMemory, RingProducer } from '../../src/ring/index.ts'
import { STATE_CLOSED } from '../../src/wal/control-layout.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { framesIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

/** A thread claims room for `count` records and dies. @returns its owner number */
function claimAndDie(log: LogHarness, bytes: number, count: number): number {
  log.producer.share()
  const owner = log.ring.takeOwner()
  const producer = RingProducer.further(RingMemory.attach(log.ring.memory), owner)
  if (producer.tryClaim(bytes, count) < 0) throw new Error('no room for the claim')
  return owner
}

function append(log: LogHarness, stamp: number): number {
  return log.appender.appendBytes(payload(50, stamp))
}

describe.each([
  [40, 1],
  [48, 1],
  [400, 1],
  [400, 5],
])('a claim of %i bytes and %i records whose thread died', (bytes, count) => {
  it('becomes a tombstone once the thread is known dead; until then nothing behind it is written', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    append(log, 1)
    const owner = claimAndDie(log, bytes, count)
    expect(append(log, 3)).toBe(2 + count)
    log.settle()
    expect(log.durable).toBe(1)
    log.ring.revokeOwner(owner)
    log.settle()
    expect(log.durable).toBe(2 + count)
    const tombstone = framesIn(disk, 1).find(({ kind }) => kind === KIND_TOMBSTONE)
    expect(tombstone).toMatchObject({ lsn: 2, length: bytes - 40, type: TOMBSTONE_ABANDONED })
    expect(readLsns(disk)).toEqual([1, 2 + count])
  })

  it('is counted by recovery, also at the end of the log', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    append(log, 1)
    log.ring.revokeOwner(claimAndDie(log, bytes, count))
    log.settle()
    const { report, resume } = recover(disk.crash(dropAll))
    expect(report).toMatchObject({ lastLsn: 1 + count, damage: [], tornTail: null })
    expect(resume.nextLsn).toBe(2 + count)
    const again = LogHarness.open(disk.processDeath(), SMALL)
    expect(append(again, 9)).toBe(2 + count)
    again.close()
    expect(readLsns(again.disk)).toEqual([1, 2 + count])
  })
})

describe('a dead thread', () => {
  it('holds up a close only until it is known dead', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    append(log, 1)
    const owner = claimAndDie(log, 80, 1)
    log.beginClosing()
    for (let i = 0; i < 10; i++) log.pass(1000)
    expect(log.writer.finished).toBe(false)
    log.ring.revokeOwner(owner)
    log.settle()
    expect(log.control.state).toBe(STATE_CLOSED)
    expect(recover(disk).report).toMatchObject({ clean: true, lastLsn: 2 })
  })

  it('gives its place back', () => {
    const log = LogHarness.open(new SimulatedDisk(), SMALL)
    const places = new Set<number>()
    for (let i = 0; i < 200; i++) {
      const owner = claimAndDie(log, 80, 1)
      places.add(owner & 63)
      log.ring.revokeOwner(owner)
      log.settle()
    }
    expect(log.durable).toBe(200)
    expect(places.size).toBeLessThan(4)
  })
})

describe('records of several living threads', () => {
  it('are written in the order of their claims', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    const { appender } = log.furtherAppender()
    const lsns: number[] = []
    for (let i = 0; i < 60; i++) {
      lsns.push((i % 3 === 0 ? appender : log.appender).appendBytes(payload(30, i)))
      if (i % 7 === 0) log.settle()
    }
    log.close()
    expect(lsns).toEqual(readLsns(disk))
  })
})
