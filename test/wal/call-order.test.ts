/** The order of calls that rules R3, R4 and R5 ask for. */
import { describe, expect, it } from 'vitest'
import { makeDirectories } from '../../src/storage/make-directories.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { payload } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'

const SMALL = { policy: 'interval', segmentBytes: 8192, ringBytes: 16384 } as const

/** `operation name` of each call, names without the directory and the zeros. */
function words(calls: readonly DiskCall[]): string[] {
  return calls.map(({ operation, path, how }) => {
    const name = path.replace(LOG_DIR, 'dir').replace(/^dir\/0*/, '')
    return [operation, name, how].filter((word) => word !== undefined).join(' ')
  })
}

/** Whether the segment is the file that was begun, in its place and whole. */
const LOOK_AT_1 = ['statPath 1.rwal', 'stat 1.rwal', 'read 1.rwal', 'read 1.rwal']

function append(log: LogHarness, count: number): void {
  for (let i = 0; i < count; i++) {
    log.appender.appendBytes(payload(900, i))
    log.settle()
  }
}

describe('a new segment that the writer makes itself', () => {
  it('has its header and its name durable before a record is written to it', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    const before = disk.calls.length
    append(log, 1)
    expect(words(disk.calls.slice(before))).toEqual([
      'open 1.rwal create',
      'write 1.rwal',
      'truncate 1.rwal',
      'syncAll 1.rwal',
      'syncDirectory dir',
      'stat 1.rwal',
      'read 1.rwal',
      'write 1.rwal',
    ])
  })
})

describe('a new segment that was made ahead', () => {
  it('was filled, synced and named before it could be taken, and has a durable header before a record', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 1 })
    const before = disk.calls.length
    log.makeSpares()
    append(log, 1)
    expect(words(disk.calls.slice(before))).toEqual([
      'freeBytes dir',
      'open 1.rwal create',
      'write 1.rwal',
      'syncAll 1.rwal',
      'syncDirectory dir',
      'write 1.rwal',
      'syncAll 1.rwal',
      'close 1.rwal',
      'open 1.rwal write',
      'write 1.rwal',
      'truncate 1.rwal',
      'syncAll 1.rwal',
      'stat 1.rwal',
      'read 1.rwal',
      'write 1.rwal',
    ])
  })
})

describe('a rotation', () => {
  it('has the old segment and its end frame durable, and still in its place, before anything of the next is written', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    append(log, 4)
    const before = disk.calls.length
    append(log, 1)
    expect(words(disk.calls.slice(before))).toEqual([
      'syncData 1.rwal',
      'write 1.rwal',
      'syncData 1.rwal',
      ...LOOK_AT_1,
      'close 1.rwal',
      'statPath 1.rwal',
      'open 2.rwal create',
      'write 2.rwal',
      'truncate 2.rwal',
      'syncAll 2.rwal',
      'syncDirectory dir',
      'stat 2.rwal',
      'read 2.rwal',
      'write 2.rwal',
    ])
  })

  it('never leaves an unsynced byte in a segment that is not the last, whatever the policy', () => {
    for (const policy of ['always', 'interval', 'never'] as const) {
      const disk = new SimulatedDisk()
      const log = LogHarness.open(disk, { ...SMALL, policy })
      append(log, 40)
      const order = words(disk.calls)
      for (let segment = 1; segment < 8; segment++) {
        const name = `${segment}.rwal`
        expect(order.indexOf(`open ${segment + 1}.rwal create`)).toBeGreaterThan(order.lastIndexOf(`syncData ${name}`))
        expect(order.lastIndexOf(`syncData ${name}`)).toBeGreaterThan(order.lastIndexOf(`write ${name}`))
      }
    }
  })
})

describe('a clean close', () => {
  it('syncs the records, then the end frame, then the size to which the file is cut', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
    log.makeSpares()
    append(log, 2)
    const before = disk.calls.length
    log.close()
    expect(words(disk.calls.slice(before))).toEqual([
      'syncData 1.rwal',
      'write 1.rwal',
      'syncData 1.rwal',
      ...LOOK_AT_1,
      'truncate 1.rwal',
      'syncAll 1.rwal',
      'close 1.rwal',
      'statPath 2.rwal',
      'remove 2.rwal',
      'syncDirectory dir',
    ])
  })
})

describe('recovery', () => {
  it('syncs the segments it read and the directory before it reports anything', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, SMALL)
    append(log, 11)
    const after = disk.processDeath()
    recover(after)
    const order = words(after.calls)
    const lastRead = order.findLastIndex((word) => word.startsWith('read'))
    const tail = order.slice(lastRead)
    expect(tail).toEqual([
      'read 3.rwal',
      'write 3.rwal',
      'close 3.rwal',
      'open 2.rwal write',
      'syncAll 2.rwal',
      'close 2.rwal',
      'open 3.rwal write',
      'syncAll 3.rwal',
      'close 3.rwal',
      'syncDirectory dir',
      'statPath 3.rwal',
    ])
  })

  it('reports nothing when one of those syncs fails', () => {
    for (const operation of ['syncAll', 'syncDirectory'] as const) {
      const disk = new SimulatedDisk()
      append(LogHarness.open(disk, SMALL), 3)
      const after = disk.processDeath()
      after.faults = { onCall: (called) => (called === operation ? { errno: 'EIO' } : undefined) }
      expect(() => recover(after)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_IO', errnoName: 'EIO' }))
    }
  })
})

describe('a directory that is missing', () => {
  it('is made with every level durable in its parent, outermost first', () => {
    const disk = new SimulatedDisk()
    makeDirectories(disk, '/a/b/c')
    const changes = words(disk.calls).filter((word) => !word.startsWith('statPath'))
    expect(changes).toEqual([
      'makeDirectory /a',
      'syncDirectory /',
      'makeDirectory /a/b',
      'syncDirectory /a',
      'makeDirectory /a/b/c',
      'syncDirectory /a/b',
    ])
  })
})
