/**
 * Replay of order events into orders and positions, with 1 and 2 threads, beside plain loops over the same events:
 *   npm run bench:replay -- [--events 5000000] [--runs 5]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureAlone } from './measure/isolate.ts'
import { EVENTS_STEP } from './measure/make-log.ts'
import type { Reading, ReadingJob } from './measure/reading.ts'
import { spreadOf } from './statistics.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '5000000' }, runs: { type: 'string', default: '5' } },
})
const events = Math.max(1, Math.round(Number(values.events) / EVENTS_STEP)) * EVENTS_STEP

interface Kind extends Pick<ReadingJob, 'what' | 'workers'> {
  readonly name: string
  readonly readings: Reading[]
}

/** In the order in which they take turns. */
const KINDS: readonly Kind[] = [
  { name: 'replay, 1 thread', what: 'replay', workers: 1, readings: [] },
  { name: 'replay, 2 threads', what: 'replay', workers: 2, readings: [] },
  { name: 'plain loop: read, check, decode, apply', what: 'fold', workers: 1, readings: [] },
  { name: 'plain loop: read, check, decode', what: 'read', workers: 1, readings: [] },
  { name: 'JSON.parse of the same events', what: 'json', workers: 1, readings: [] },
]

const root = mkdtempSync(join(tmpdir(), 'ringwal-replay-'))
try {
  process.exitCode = (await compare()) ? 0 : 1
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** @returns whether every state was the same, byte for byte */
async function compare(): Promise<boolean> {
  const [dir, jsonl] = [join(root, 'log'), join(root, 'events.jsonl')]
  await measureAlone<'make-events'>({ kind: 'make-events', dir, events, jsonl })
  for (let run = 0; run < Number(values.runs); run++) {
    for (const { what, workers, readings } of KINDS) {
      const path = what === 'json' ? jsonl : dir
      readings.push(await measureAlone<'reading'>({ kind: 'reading', what, path, workers }))
    }
  }
  console.log(`${events} events, ${(statSync(jsonl).size / events).toFixed(0)} bytes each as JSON; million a second`)
  for (const kind of KINDS) console.log(lineOf(kind))
  const all = KINDS.flatMap(({ readings }) => readings)
  const digests = new Set(all.map(({ digest }) => digest).filter((digest) => digest !== ''))
  const isEqual = digests.size === 1 && all.every(({ records }) => records === events)
  console.log(isEqual ? 'every state is the same, byte for byte' : 'THE STATES DIFFER')
  return isEqual
}

function lineOf({ name, readings }: Kind): string {
  const { median, min, max } = rateOf(readings)
  const rss = Math.max(...readings.map(({ maxRssMiB }) => maxRssMiB)).toFixed(0)
  const range = `(${min.toFixed(2)} to ${max.toFixed(2)})`
  const ratio = (median / rateOf(KINDS[0]!.readings).median).toFixed(2)
  return `${name.padEnd(40)} ${median.toFixed(2)} ${range}, ${ratio} of 1 thread, ${rss} MiB`
}

/** Million records a second. */
function rateOf(readings: readonly Reading[]): ReturnType<typeof spreadOf> {
  return spreadOf(readings, ({ records, seconds }) => records / seconds / 1e6)
}
