/**
 * A short life of a log that meets every kind of call: opening, rotation, flush, marks, spares, a clean close. The sweep
 * runs it again and again and has another call fail each time (SQLite's method), until a run meets no fault.
 */
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'
import { type Fault, type FaultPlan, PlannedFaults } from '../support/simulated-disk-faults.ts'
import type { ModelRecord } from './log-model.ts'

/** What became of one life. */
export interface FaultyLife {
  readonly hits: number
  readonly disk: SimulatedDisk
  /** Whose call failed first. */
  readonly struck: 'opening' | 'writer' | 'steward' | undefined
  readonly openingError: unknown
  /** Undefined if it did not open. */
  readonly log: LogHarness | undefined
  readonly records: readonly ModelRecord[]
  readonly durable: number
  /** The calls after the first that failed. */
  readonly callsAfter: readonly DiskCall[]
  readonly failedCall: DiskCall | undefined
}

const SETTINGS = { policy: 'interval', segmentBytes: 8192, ringBytes: 16384, spareSegments: 1 } as const

export function liveWithFault(plan: FaultPlan): FaultyLife {
  const disk = oldLog()
  const before = disk.calls.length
  const faults = new PlannedFaults(plan)
  disk.faults = faults
  const records: ModelRecord[] = [...OLD_RECORDS]
  let log: LogHarness | undefined
  const openingError = thrownBy(() => {
    log = LogHarness.open(disk, SETTINGS)
  })
  let struck: FaultyLife['struck'] = faults.hits > 0 ? 'opening' : undefined
  if (log !== undefined) struck = live(log, records, () => faults.hits) ?? struck
  const calls = disk.calls.slice(before)
  const failedAt = calls.findIndex((call) => call.failed !== undefined)
  return {
    hits: faults.hits,
    disk,
    struck,
    openingError,
    log,
    records,
    durable: log?.durable ?? OLD_RECORDS.length,
    callsAfter: failedAt < 0 ? [] : calls.slice(failedAt + 1),
    failedCall: calls[failedAt],
  }
}

/** What the log of every life begins with: two segments, a blank file behind, and one with a piece of a header. */
const OLD_RECORDS: readonly ModelRecord[] = Array.from({ length: 6 }, (_, i) => recordOf(i))

function recordOf(stamp: number): ModelRecord {
  return { bytes: payload(1100, stamp), type: stamp, continues: false }
}

function oldLog(): SimulatedDisk {
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, SETTINGS)
  for (const record of OLD_RECORDS) {
    log.appender.appendBytes(record.bytes, record)
    log.flush()
  }
  log.makeSpares()
  const after = disk.processDeath()
  after.sync()
  after.writeFile(`${LOG_DIR}/00000000000000000004.rwal`, Uint8Array.from([0x89, 0x52, 0x57]))
  return after
}

/** @returns whose call failed first */
function live(log: LogHarness, records: ModelRecord[], hits: () => number): FaultyLife['struck'] {
  let struck: FaultyLife['struck']
  const act = (who: 'writer' | 'steward', action: () => void): void => {
    const before = hits()
    action()
    if (hits() > before) struck ??= who
  }
  for (let i = 0; i < 10; i++) {
    const record = recordOf(100 + i)
    if (thrownBy(() => log.appender.appendBytes(record.bytes, record)) === undefined) records.push(record)
    act('writer', () => (i % 3 === 0 ? log.flush() : log.settle()))
    act('steward', () => void log.spares?.step())
    act('writer', () => log.pass(i === 7 ? 150 : 4))
  }
  act('writer', () => {
    log.beginClosing()
    while (!log.writer.finished) log.step()
  })
  act('steward', () => {
    if (log.control.state !== STATE_POISONED) thrownBy(() => log.spares?.clear())
  })
  return struck
}

/** Every life in which this operation fails in this way, once or from then on. */
export function* sweep(operation: DiskCall['operation'], fault: Fault, forever = false): Generator<FaultyLife> {
  for (let at = 1; ; at++) {
    const life = liveWithFault({ operation, at, fault, forever })
    if (life.hits === 0) return
    yield life
  }
}
