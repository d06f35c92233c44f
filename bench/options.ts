import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SyncPolicy } from '../src/index.ts'
import { recordBytes, recordsMax } from './quiet-log.ts'

export interface BenchOptions {
  /** Timed records of a throughput run at the reference size; at other sizes as many as take the same bytes. */
  readonly records: number
  /** Payload bytes. */
  readonly sizes: readonly number[]
  readonly policies: readonly SyncPolicy[]
  readonly runs: number
  readonly json: boolean
  /** Where the logs are made, in a directory of their own, which is removed at the end unless `keep`. */
  readonly dir: string
  readonly keep: boolean
  readonly effort: Effort
}

/** How much the measurements other than throughput do. */
export interface Effort {
  readonly singles: number
  readonly sparse: number
  readonly bursts: number
  readonly burstRecords: number
  readonly latencySamples: number
  readonly latencyBudgetMs: number
}

/** The size for which `--records` is given. */
export const REFERENCE_SIZE = 128

const FULL: Effort = {
  singles: 10_000,
  sparse: 600,
  bursts: 40,
  burstRecords: 10_000,
  latencySamples: 1000,
  latencyBudgetMs: 600,
}
const QUICK: Effort = {
  singles: 1000,
  sparse: 100,
  bursts: 5,
  burstRecords: 2000,
  latencySamples: 100,
  latencyBudgetMs: 150,
}
const RECORDS = 1_500_000
const RECORDS_QUICK = 100_000
const RUNS = 3
const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
/** A payload must fit a ring, and a segment. */
const SIZE_MAX = 1 << 20

export const USAGE: string = `npm run bench -- [options]

  --records <n>      timed records of a run at ${REFERENCE_SIZE} B (${RECORDS}); at other sizes as many as take the same bytes
  --sizes <list>     payload bytes, with commas (128,1024)
  --policies <list>  of ${POLICIES.join(', ')} (all)
  --runs <n>         runs of everything, in turn (${RUNS})
  --quick            ${RECORDS_QUICK} records, 1 run, few samples: a look, not a measurement
  --json             everything measured, as JSON, instead of tables
  --dir <path>       where to write: on the disk that you ask about (.tmp)
  --keep             leave the logs there
`

/** @throws Error saying what is wrong with the arguments */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: 'string' },
      sizes: { type: 'string', default: `${REFERENCE_SIZE},1024` },
      policies: { type: 'string', default: POLICIES.join(',') },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      dir: { type: 'string', default: join(process.cwd(), '.tmp') },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const { quick, json, dir, keep } = values
  const sizes = values.sizes.split(',').map((size) => whole('sizes', size, 1, SIZE_MAX))
  const records = whole(
    'records',
    values.records ?? String(quick ? RECORDS_QUICK : RECORDS),
    1,
    recordsMax(REFERENCE_SIZE) / 2,
  )
  const runs = whole('runs', values.runs ?? String(quick ? 1 : RUNS), 1, 100)
  const policies = values.policies.split(',').map(policy)
  return { records, sizes, policies, runs, json, dir, keep, effort: quick ? QUICK : FULL }
}

/** Timed records of a throughput run at `size`. */
export function recordsAt(options: BenchOptions, size: number): number {
  return Math.max(1, Math.round((options.records * recordBytes(REFERENCE_SIZE)) / recordBytes(size)))
}

function whole(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new Error(`--${option}: ${text} is no whole number from ${min} to ${Math.floor(max)}`)
}

function policy(text: string): SyncPolicy {
  const found = POLICIES.find((name) => name === text)
  if (found === undefined) throw new Error(`--policies: ${text} is none of ${POLICIES.join(', ')}`)
  return found
}
