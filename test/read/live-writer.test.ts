/** A reader beside a writer: whatever the writer does between two calls of the reader, no damage is seen where none is. */
import { describe, expect, it } from 'vitest'
import { viewLog } from '../../src/read/log-view.ts'
import { surveyFile } from '../../src/read/survey-file.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { logOf, pathOf, SMALL } from '../support/log-images.ts'
import { payload, range, readEntries, readLsns, readPorts } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'

/** Has `act` called before each call of a reader, but not before those of the act itself. */
function beforeEachCall(disk: SimulatedDisk, act: (call: DiskCall) => void): void {
  let acting = false
  disk.faults = {
    onCall: (_operation, _number, call) => {
      if (acting) return undefined
      acting = true
      act(call)
      acting = false
      return undefined
    },
  }
}

describe('a reader beside a writer that writes, syncs, marks and rotates meanwhile', () => {
  it('gets a prefix, with all that was durable when it began', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new SeededRandom(seed)
      const disk = new SimulatedDisk({ recordCalls: false })
      const segmentBytes = random.pick([8192, 1 << 20])
      const log = LogHarness.open(disk, {
        policy: 'always',
        segmentBytes,
        ringBytes: 16384,
        spareSegments: random.below(2),
      })
      let stamp = 0
      const act = (): void => {
        log.spares?.step()
        for (let i = random.below(4); i > 0; i--) {
          log.appender.appendBytes(payload(random.below(700), stamp++))
          log.step()
        }
      }
      for (let i = 0; i < 20; i++) act()
      for (let read = 0; read < 4; read++) {
        beforeEachCall(disk, act)
        const durable = log.durable
        const entries = readEntries(disk)
        disk.faults = undefined
        expect(entries.map(({ lsn }) => lsn)).toEqual(range(1, entries.length))
        expect(entries.length).toBeGreaterThanOrEqual(durable)
        expect(Buffer.compare(entries.at(-1)!.bytes, payload(entries.at(-1)!.bytes.length, entries.length - 1))).toBe(0)
      }
    }
  })
})

describe('a survey of a long prefilled segment', () => {
  it('does not take what was written between two of its reads for damage', () => {
    const disk = new SimulatedDisk({ recordCalls: false })
    const log = LogHarness.open(disk, { policy: 'always', segmentBytes: 1 << 20, spareSegments: 1 })
    log.makeSpares()
    const append = (count: number): void => {
      for (let i = 0; i < count; i++) {
        log.appender.appendBytes(payload(500, i))
        log.settle()
      }
    }
    append(10)
    let reads = 0
    beforeEachCall(disk, ({ operation, path, offset }) => {
      if (operation !== 'read' || path !== pathOf(1) || offset === 0 || ++reads !== 2) return
      // Between the reader's first chunk, of 64 KiB, and the next one, which it finds full.
      append(390)
    })
    const ports = readPorts(disk)
    const survey = surveyFile(ports, viewLog(ports, LOG_DIR).segments[0]!)
    expect(reads).toBeGreaterThan(2)
    expect(survey).toMatchObject({ damage: [], tornTail: undefined, records: 400, nextLsn: 401 })
  })
})

describe('a file that is gone when the reader comes to it', () => {
  it('is no damage: a closing log takes its unused files away', () => {
    for (const operation of ['statPath', 'open', 'read'] as const) {
      const disk = logOf(6)
      disk.writeFile(pathOf(3), new Uint8Array(8192))
      beforeEachCall(disk, (call) => {
        if (call.operation !== operation || call.path !== pathOf(3)) return
        if (disk.list(LOG_DIR).includes('00000000000000000003.rwal')) disk.remove(pathOf(3))
      })
      expect(readLsns(disk)).toEqual(range(1, 6))
      expect(disk.list(LOG_DIR)).toHaveLength(2)
    }
  })
})

describe('a segment that is begun while the reader looks', () => {
  it('is either seen or not yet, and its header never taken for damaged', () => {
    for (let at = 1; at < 40; at++) {
      const disk = new SimulatedDisk({ recordCalls: false })
      const log = LogHarness.open(disk, { ...SMALL, spareSegments: 1 })
      for (let i = 0; i < 4; i++) {
        log.makeSpares()
        log.appender.appendBytes(payload(900, i))
        log.settle()
      }
      let calls = 0
      beforeEachCall(disk, () => {
        if (++calls !== at) return
        log.appender.appendBytes(payload(900, 4))
        log.settle()
        log.appender.appendBytes(payload(900, 5))
        log.settle()
      })
      const lsns = readLsns(disk)
      if (calls < at) return expect(at).toBeGreaterThan(8)
      expect(lsns).toEqual(range(1, lsns.length))
      expect(lsns.length).toBeGreaterThanOrEqual(4)
    }
  })
})
