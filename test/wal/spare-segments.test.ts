import { describe, expect, it } from 'vitest'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { RingMemory } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'
import { CONTROL_BYTES, STATE_CLOSED } from '../../src/wal/control-layout.ts'
import { RecycledFiles } from '../../src/wal/recycled-files.ts'
import { SpareMaker } from '../../src/wal/spare-maker.ts'
import { sharedSpares } from '../../src/wal/spare-segments.ts'
import { readStats } from '../../src/wal/wal-stats.ts'
import { LOG_DIR, LogHarness, makeLogDirectory, recover } from '../support/log-harness.ts'
import { pathOf, SMALL } from '../support/log-images.ts'
import { payload, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'

/** More than two pieces of work, so that a file can be taken while it is half filled. */
const SEGMENT_BYTES = (5 << 20) / 2

function steward(): { disk: SimulatedDisk; control: LogControl; maker: SpareMaker } {
  const disk = new SimulatedDisk()
  makeLogDirectory(disk)
  const control = new LogControl(RingMemory.create({ capacity: 4096, userBytes: CONTROL_BYTES }))
  const recycled = new RecycledFiles(disk, { dir: LOG_DIR, segmentBytes: SEGMENT_BYTES, max: 2, onWarning: () => {} })
  const settings = { dir: LOG_DIR, segmentBytes: SEGMENT_BYTES, ahead: 2, first: 1 }
  const maker = new SpareMaker(disk, control, recycled, settings)
  return { disk, control, maker }
}

function run(maker: SpareMaker): void {
  for (let i = 0; i < 200 && maker.step(); i++);
}

const CONTENT = new Uint8Array(3 * HEADER_PAGE_BYTES).fill(7)

/** The writer's side of a segment that was taken: a header page and some frames. */
function writeContent(disk: SimulatedDisk, isMade: boolean): void {
  const file = disk.open(pathOf(1), isMade ? 'write' : 'create')
  disk.write(file, CONTENT, 0, CONTENT.length, 0)
}

function isContentWhole(disk: SimulatedDisk): boolean {
  return Buffer.compare(disk.readFile(pathOf(1)).subarray(0, CONTENT.length), CONTENT) === 0
}

describe('a segment taken between any two steps of the steward', () => {
  it('is in place, durable by name, all zeros, and never written by the steward again', () => {
    let isMadeSomewhere = 0
    for (let steps = 0; steps < 12; steps++) {
      const { disk, control, maker } = steward()
      for (let i = 0; i < steps; i++) maker.step()
      const isMade = sharedSpares(control).take(1) === 'filled'
      expect(isMade).toBe(steps > 0)
      if (isMade) {
        isMadeSomewhere++
        expect(disk.crash(dropAll).list(LOG_DIR)).toContain('00000000000000000001.rwal')
        expect(disk.readFile(pathOf(1)).every((byte) => byte === 0)).toBe(true)
      }
      writeContent(disk, isMade)
      const before = disk.calls.length
      run(maker)
      const touched = disk.calls
        .slice(before)
        .filter(({ path }) => path === pathOf(1))
        .map(({ operation }) => operation)
      expect(touched.filter((operation) => operation !== 'close')).toEqual([])
      expect(isContentWhole(disk)).toBe(true)
      expect(control.steward.spareMade).toBeGreaterThan(1)
    }
    expect(isMadeSomewhere).toBeGreaterThan(8)
  })

  it('is left alone also when it is taken just before the steward says what it works on', () => {
    for (let steps = 0; steps < 8; steps++) {
      const { disk, control, maker } = steward()
      for (let i = 0; i < steps; i++) maker.step()
      const setSpareBusy = control.steward.setSpareBusy.bind(control)
      control.steward.setSpareBusy = (number) => {
        if (number === 1 && control.steward.spareTaken === 0)
          writeContent(disk, sharedSpares(control).take(1) === 'filled')
        setSpareBusy(number)
      }
      run(maker)
      if (control.steward.spareTaken === 0) return expect(steps).toBeGreaterThan(3)
      expect(isContentWhole(disk)).toBe(true)
    }
  })
})

describe('a segment asked for in the middle of a step', () => {
  it('at any call is held back until the step is over, and then belongs to the writer', () => {
    for (let call = 1; call < 40; call++) {
      const { disk, control, maker } = steward()
      let calls = 0
      disk.faults = {
        onCall: () => {
          // The writer's first half: it has said what it takes, and waits for the steward to let go.
          if (++calls === call) control.steward.spareTaken = 1
          return undefined
        },
      }
      while (control.steward.spareTaken === 0 && maker.step());
      if (control.steward.spareTaken === 0) return expect(call).toBeGreaterThan(10)
      expect(control.steward.spareBusy).toBe(0)
      writeContent(disk, sharedSpares(control).take(1) === 'filled')
      run(maker)
      expect(isContentWhole(disk)).toBe(true)
    }
  })
})

describe('the steward', () => {
  it('stays ahead of the writer, and takes away what was not needed', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
    for (let i = 0; i < 30; i++) {
      log.makeSpares()
      log.appender.appendBytes(payload(900, i))
      log.settle()
    }
    expect(disk.calls.filter(({ operation, how }) => operation === 'open' && how === 'create').length).toBe(
      log.control.steward.spareMade,
    )
    expect(log.control.steward.spareMade).toBeGreaterThan(log.control.steward.spareTaken)
    log.close()
    expect(disk.crash(dropAll).list(LOG_DIR)).toHaveLength(log.control.steward.spareTaken)
    expect(readLsns(disk)).toHaveLength(30)
  })

  it('asks for the space of a whole segment before it begins one', () => {
    const disk = new SimulatedDisk({ capacityBytes: 20000 })
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 4 })
    log.makeSpares()
    expect(log.spares?.failure).toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'ENOSPC', operation: 'statfs' })
    expect(disk.list(LOG_DIR)).toHaveLength(2)
    expect(disk.calls.some(({ failed }) => failed !== undefined)).toBe(false)
    expect(readStats(log.control, log.producer, 0, SMALL.segmentBytes, true, null, null).spareError).toBe('ENOSPC')
  })

  it('that fails at any call leaves the log working, which makes its segments itself', () => {
    for (const operation of ['freeBytes', 'open', 'write', 'syncAll', 'close'] as const) {
      for (let at = 1; ; at++) {
        const disk = new SimulatedDisk()
        const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'ENOSPC', progress: 100 } })
        disk.faults = faults
        log.makeSpares()
        disk.faults = undefined
        if (faults.hits === 0) break
        expect(log.spares?.failure).toMatchObject({ errnoName: 'ENOSPC' })
        for (let i = 0; i < 20; i++) {
          log.appender.appendBytes(payload(900, i))
          log.settle()
          log.makeSpares()
        }
        expect(log.control.failure).toBeUndefined()
        log.close()
        expect(log.control.state).toBe(STATE_CLOSED)
        expect(recover(disk.crash(dropAll)).report).toMatchObject({ lastLsn: 20, clean: true, leftovers: [] })
        expect(disk.openPaths()).toEqual([])
      }
    }
  })

  it('ends the log where the directory can not be synced: a name that the writer gave may be lost with it', () => {
    for (let at = 1; ; at++) {
      const disk = new SimulatedDisk()
      const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
      const faults = new PlannedFaults({ operation: 'syncDirectory', at, fault: { errno: 'EIO' } })
      disk.faults = faults
      log.makeSpares()
      if (faults.hits === 0) return expect(at).toBeGreaterThan(1)
      const facts = { code: 'ERR_RINGWAL_POISONED', operation: 'fsync', errnoName: 'EIO' }
      expect(log.control.failure).toMatchObject(facts)
      expect(log.control.steward.isNaming('steward')).toBe(false)
    }
  })

  it('does nothing more once the log is poisoned', () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, spareSegments: 2 })
    log.control.poison({ code: 'ERR_RINGWAL_POISONED', message: 'a test', facts: {} })
    const before = disk.calls.length
    expect(log.spares?.step()).toBe(false)
    expect(disk.calls).toHaveLength(before)
  })
})
