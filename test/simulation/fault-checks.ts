/** What must hold of errors, descriptors and the state of a log of which a call failed. */
import { RingwalError } from '../../src/errors.ts'
import { STATE_POISONED } from '../../src/wal/control-layout.ts'
import type { LogHarness } from '../support/log-harness.ts'
import { payload, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'
import { HANG_MS } from './fault-points.ts'

/** @throws with `what` if a promise is broken */
export function require(holds: boolean, what: string, cause?: unknown): void {
  if (!holds) throw new Error(what, { cause })
}

const CODES: Readonly<Record<string, readonly string[]>> = {
  opening: ['ERR_RINGWAL_IO', 'ERR_RINGWAL_DAMAGED'],
  writer: [],
  steward: ['ERR_RINGWAL_IO'],
  retirer: ['ERR_RINGWAL_IO', 'ERR_RINGWAL_POISONED', 'ERR_RINGWAL_SEGMENTS'],
  reader: ['ERR_RINGWAL_IO', 'ERR_RINGWAL_DAMAGED'],
}

/** Errors are typed, and name the file, and the offset where there is one. */
export function checkError(error: unknown, who: string): void {
  require(error instanceof RingwalError, `${who} throws ${error}`, error)
  const { code, facts, message } = error as RingwalError
  require(CODES[who]!.includes(code), `${who} throws ${code}: ${message}`, error)
  require(typeof facts['file'] === 'string', `an error of ${who} names no file: ${message}`, error)
  if (code === 'ERR_RINGWAL_IO') checkFacts(error as RingwalError)
}

function checkFacts({ facts, message }: RingwalError): void {
  const { operation, errno, offset } = facts
  require(typeof operation === 'string' && typeof errno === 'number', `an error without its call: ${message}`)
  if (operation === 'read' || operation === 'write') require(typeof offset === 'number', `no offset: ${message}`)
}

/** A call of the writer failed: the log takes nothing more, and says which call of which file that was. */
export function checkPoisoned(log: LogHarness, { path, operation }: DiskCall, durable: number): void {
  const { control, appender } = log
  require(control.state === STATE_POISONED, `a failed ${operation} of ${path} does not end the log`)
  const { failure } = control
  require(failure?.code === 'ERR_RINGWAL_POISONED', `the log is ended by ${failure?.code}`)
  require(failure?.facts['file'] === path, `the failure of ${path} is told of ${failure?.facts['file']}`)
  require(failure?.facts['durableLsn'] === durable, `durable up to ${durable}, told ${failure?.facts['durableLsn']}`)
  checkFacts(failure!)
  const refused = thrownBy(() => appender.appendBytes(payload(1, 1))) as RingwalError | undefined
  require(refused?.code === 'ERR_RINGWAL_POISONED', `a poisoned log answers ${refused?.code ?? 'with an LSN'}`)
}

/** A call that takes half a minute is no error; a sync that does shows in the statistics (rule R22). */
export function checkHang(error: unknown, log: LogHarness | undefined, writers: DiskCall | undefined): void {
  require(error === undefined, `a slow call is taken for a failed one: ${error}`, error)
  require(log?.control.failure === undefined, `a slow call ends the log: ${log?.control.failure?.message}`)
  if (writers?.operation !== 'syncData') return
  const { syncMsMax } = log!.control.counts.readCounts()
  // The sync of a segment's end frame is not one that somebody waits for: it is not counted.
  require(syncMsMax >= HANG_MS || syncMsMax < 1000, `the longest sync took ${syncMsMax} ms`)
}

export function checkClosed(disk: SimulatedDisk): void {
  const open = disk.openPaths()
  require(open.length === 0, `a closed log keeps ${open}`)
}

export function checkRefusedOpening(disk: SimulatedDisk): void {
  const open = disk.openPaths()
  require(open.length === 0, `an opening that failed keeps ${open}`)
}
