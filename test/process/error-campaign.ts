/** `npm run campaign:errors`: every system call on a log refused, once and for ever, with each error. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ErrorTotals, sweepErrors } from './error-sweep.ts'
import { SETTINGS } from './scripts.ts'
import { whyNoStrace } from './strace.ts'

const USAGE =
  'usage: error-campaign [--budget SECONDS] [--failures N] [--calls fdatasync,…] [--seed N] [--jobs 2] [--settings 0,1,…] [--json]'
const LINE_EVERY = 50

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '86400' },
    failures: { type: 'string', default: '1000000' },
    calls: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 20)) },
    jobs: { type: 'string', default: '2' },
    settings: { type: 'string', default: [...SETTINGS.keys()].join() },
    json: { type: 'boolean', default: false },
  },
})
const [budget = 0, failures = 0] = [values.budget, values.failures].map(Number)
const [seed = 0, jobs = 0] = [values.seed, values.jobs].map(Number)
const settings = values.settings.split(',').map(Number)
const areKnown = settings.every((setting) => setting in SETTINGS)
if (!areKnown || ![budget, failures, seed, jobs].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  console.error(USAGE)
  process.exit(2)
}
const why = whyNoStrace()
if (why !== undefined) {
  console.error(`nothing was tried: ${why}`)
  process.exit(2)
}

const base = mkdtempSync(join(tmpdir(), 'ringwal-errors-'))
const say = values.json ? (): void => {} : console.log
say(`seed ${seed}; logs in ${base}`)
const deadline = performance.now() + budget * 1000
const onFailure = (totals: ErrorTotals): void => {
  if (triedOf(totals) % LINE_EVERY === 0) say(describe(totals))
}
const families = values.calls === undefined ? {} : { families: values.calls.split(',') }
const totals = await sweepErrors({ base, seed, jobs, settings, deadline, failures, onFailure, ...families })
if (totals.violations.length === 0) rmdirSync(base)
else process.exitCode = 1
if (values.json) console.log(JSON.stringify({ seed, ...totals }))
else console.log([describe(totals), ...totals.violations].join('\n'))

function triedOf({ taken, violations }: ErrorTotals): number {
  return Object.values(taken).reduce((sum, count) => sum + count, violations.length)
}

function describe(totals: ErrorTotals): string {
  const { known, taken, failures, violations, seconds } = totals
  const each = Object.entries(failures).map(([failure, count]) => `${failure} ${count}`)
  return (
    `${triedOf(totals)} of ${known} failures tried: ${taken.poisoned} poisoned the log, ${taken.refused} were refused otherwise ` +
    `(${each.join(', ')}), after ${taken['went on']} it went on, ${taken.missed} came too late; ` +
    `${violations.length} violations; ${seconds.toFixed(0)} s (seed ${seed})`
  )
}
