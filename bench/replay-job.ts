/** One measurement of bench:replay, in a process of its own: prints one JSON object. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { readWal, replay } from '../src/index.ts'
import { snapshotOf, TradingState, tradingReducer } from '../src/trading/index.ts'

/** What a job tells. */
export interface JobResult {
  readonly seconds: number
  readonly records: number
  /** Of the state's canonical snapshot; empty where the job makes none. */
  readonly digest: string
  readonly maxRssMiB: number
}

const [kind = '', path = ''] = process.argv.slice(2)
const start = performance.now()
const { records, state } = await measure()
const seconds = (performance.now() - start) / 1000
const digest = state === undefined ? '' : createHash('sha256').update(snapshotOf(state)).digest('hex')
const maxRssMiB = Math.round(process.resourceUsage().maxRSS / 1024)
const result: JobResult = { seconds, records, digest, maxRssMiB }
console.log(JSON.stringify(result))

async function measure(): Promise<{ records: number; state?: TradingState }> {
  if (kind === 'json') return { records: parseLines(path) }
  if (kind === 'decode') return { records: await decodeAll() }
  if (kind === 'fold') return fold()
  const { state, report } = await replay<TradingState>(path, { reducer: tradingReducer, workers: Number(kind) })
  return { records: report.records, state }
}

/** Reads, checks and decodes, and throws the values away. */
async function decodeAll(): Promise<number> {
  let records = 0
  for await (const { value } of readWal(path)) if (value !== undefined) records++
  return records
}

/** The same, and applies them: what an engine would do that has no replay. */
async function fold(): Promise<{ records: number; state: TradingState }> {
  const state = new TradingState()
  let records = 0
  for await (const entry of readWal(path)) {
    state.apply(entry)
    records++
  }
  return { records, state }
}

function parseLines(file: string): number {
  const fd = openSync(file, 'r')
  const chunk = Buffer.allocUnsafe(1 << 20)
  let rest = ''
  let records = 0
  for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
    const lines = (rest + chunk.toString('latin1', 0, got)).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (JSON.parse(line) !== null) records++
  }
  closeSync(fd)
  return records
}
