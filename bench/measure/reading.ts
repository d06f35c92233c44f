import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { RingwalError, readWal, replay, verifyLog } from '../../src/index.ts'
import { snapshotOf, TradingState, tradingReducer } from '../../src/trading/index.ts'
import { logBytes } from './disk-files.ts'

/** One pass over a log whose pages are in memory; it was just written, or read. */
export interface ReadingJob {
  readonly kind: 'reading'
  /**
   * `verify`: every check, nothing else. `read`: plain loop over `readWal` that decodes each value. `fold`: the same, and
   * applies it to the trading state. `replay`: the state by `replay`. `json`: `JSON.parse` of a file of JSON Lines.
   */
  readonly what: 'verify' | 'read' | 'fold' | 'replay' | 'json'
  /** A log's directory; for `json` a file. */
  readonly path: string
  /** Threads, for `verify` and `replay`. */
  readonly workers: number
}

export interface Reading {
  readonly records: number
  readonly bytes: number
  readonly seconds: number
  /** Of the trading state's canonical snapshot; empty where none is made. */
  readonly digest: string
  /** The most that the process held. */
  readonly maxRssMiB: number
}

interface Pass {
  readonly records: number
  readonly bytes: number
  readonly state?: TradingState
}

const CHUNK_BYTES = 1 << 20
const PRACTICE_PASSES = 3

export async function measureReading(job: ReadingJob): Promise<Reading> {
  // A verify is over in less time than its code takes to be compiled; a replay is long, and a restart has it cold.
  if (job.what === 'verify') for (let i = 0; i < PRACTICE_PASSES; i++) await pass(job)
  const started = performance.now()
  const { records, bytes, state } = await pass(job)
  const seconds = (performance.now() - started) / 1000
  const digest = state === undefined ? '' : createHash('sha256').update(snapshotOf(state)).digest('hex')
  return { records, bytes, seconds, digest, maxRssMiB: process.resourceUsage().maxRSS / 1024 }
}

function pass({ what, path, workers }: ReadingJob): Pass | Promise<Pass> {
  switch (what) {
    case 'verify':
      return verify(path, workers)
    case 'read':
      return decodeAll(path)
    case 'fold':
      return fold(path)
    case 'replay':
      return rebuild(path, workers)
    case 'json':
      return parseLines(path)
  }
}

async function verify(path: string, workers: number): Promise<Pass> {
  const { ok, records, bytes } = await verifyLog(path, { workers })
  if (!ok) throw new RingwalError('ERR_RINGWAL_DAMAGED', `${path} does not verify`, { dir: path })
  return { records, bytes }
}

async function rebuild(path: string, workers: number): Promise<Pass> {
  const { state, report } = await replay<TradingState>(path, { reducer: tradingReducer, workers })
  return { records: report.records, bytes: report.bytes, state }
}

/** Reads, checks and decodes, and throws the values away. */
async function decodeAll(path: string): Promise<Pass> {
  let records = 0
  for await (const { value } of readWal(path)) if (value !== undefined) records++
  return { records, bytes: logBytes(path) }
}

/** The same, and applies them: what an engine would do that has no replay. */
async function fold(path: string): Promise<Pass> {
  const state = new TradingState()
  let records = 0
  for await (const entry of readWal(path)) {
    state.apply(entry)
    records++
  }
  return { records, bytes: logBytes(path), state }
}

function parseLines(file: string): Pass {
  const fd = openSync(file, 'r')
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let [rest, records, bytes] = ['', 0, 0]
  for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
    bytes += got
    const lines = (rest + chunk.toString('latin1', 0, got)).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (JSON.parse(line) !== null) records++
  }
  closeSync(fd)
  return { records, bytes }
}
