/**
 * Replay of order events into orders and positions, with 1 and 2 threads, beside plain loops over the same events:
 *   npm run bench:replay -- [--events 5000000] [--runs 5]
 */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Wal } from '../src/index.ts'
import { keyOf, ORDER_EVENT } from '../src/trading/index.ts'
import { orderEvents } from './replay-events.ts'
import type { JobResult } from './replay-job.ts'
import { spread } from './statistics.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '5000000' }, runs: { type: 'string', default: '5' } },
})
const count = Math.max(2000, Math.round(Number(values.events) / 2000) * 2000)

/** In the order in which they take turns. */
const KINDS = {
  '1': 'replay, 1 thread',
  '2': 'replay, 2 threads',
  fold: 'plain loop: read, check, decode, apply',
  decode: 'plain loop: read, check, decode',
  json: 'JSON.parse of the same events',
} as const

type Kind = keyof typeof KINDS

async function makeLogs(dir: string, jsonl: string): Promise<void> {
  const wal = await Wal.open({ dir, useBigInt64: true })
  const file = openSync(jsonl, 'w')
  let lines = ''
  for (const event of orderEvents(count)) {
    wal.append(event, { type: ORDER_EVENT, key: keyOf(event) })
    lines += `${JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`
    if (lines.length < 1 << 20) continue
    writeSync(file, lines)
    lines = ''
  }
  writeSync(file, lines)
  closeSync(file)
  await wal.close()
}

function run(kind: Kind, path: string): JobResult {
  const job = fileURLToPath(new URL('./replay-job.js', import.meta.url))
  return JSON.parse(execFileSync(process.execPath, [job, kind, path], { encoding: 'utf8' })) as JobResult
}

const root = mkdtempSync(join(tmpdir(), 'ringwal-replay-'))
try {
  const [dir, jsonl] = [join(root, 'log'), join(root, 'events.jsonl')]
  await makeLogs(dir, jsonl)
  const results = new Map<Kind, JobResult[]>()
  const kinds = Object.keys(KINDS) as Kind[]
  for (let i = 0; i < Number(values.runs); i++)
    for (const kind of kinds)
      results.set(kind, [...(results.get(kind) ?? []), run(kind, kind === 'json' ? jsonl : dir)])
  const rateOf = (kind: Kind): ReturnType<typeof spread> =>
    spread(results.get(kind)!.map(({ records, seconds }) => records / seconds / 1e6))
  const base = rateOf('1').median
  console.log(`${count} events, ${(statSync(jsonl).size / count).toFixed(0)} bytes each as JSON; million a second`)
  for (const kind of kinds) {
    const { median, min, max } = rateOf(kind)
    const rss = Math.max(...results.get(kind)!.map(({ maxRssMiB }) => maxRssMiB))
    const range = `(${min.toFixed(2)} to ${max.toFixed(2)})`
    console.log(
      `${KINDS[kind].padEnd(40)} ${median.toFixed(2)} ${range}, ${(median / base).toFixed(2)} of 1 thread, ${rss} MiB`,
    )
  }
  const digests = new Set([...results.values()].flat().map(({ digest }) => digest))
  digests.delete('')
  const all = [...results.values()].flat()
  const isEqual = digests.size === 1 && all.every(({ records }) => records === count)
  console.log(isEqual ? 'every state is the same, byte for byte' : 'THE STATES DIFFER')
  process.exitCode = isEqual ? 0 : 1
} finally {
  rmSync(root, { recursive: true, force: true })
}
