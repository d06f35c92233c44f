/** `npm run campaign:errors`: every system call on a log refused, once and for ever, with each error. */
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CAMPAIGN_OPTIONS, CampaignVoice, refuse, wholeNumbers } from '../support/campaign.ts'
import { type ErrorTotals, sweepErrors } from './error-sweep.ts'
import { SETTINGS } from './scripts.ts'
import { whyNoStrace } from './strace.ts'

const USAGE =
  'usage: error-campaign [--budget SECONDS] [--failures N] [--calls fdatasync,…] [--seed N] [--jobs 2] [--settings 0,1,…] [--json]'

const { values } = parseArgs({
  options: {
    ...CAMPAIGN_OPTIONS,
    failures: { type: 'string', default: '1000000' },
    calls: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    settings: { type: 'string', default: [...SETTINGS.keys()].join() },
  },
})
const { budget, failures, seed, jobs } = wholeNumbers(USAGE, {
  budget: values.budget,
  failures: values.failures,
  seed: values.seed,
  jobs: values.jobs,
})
const settings = values.settings.split(',').map(Number)
if (jobs < 1 || !settings.every((setting) => setting in SETTINGS)) refuse(USAGE)
const why = whyNoStrace()
if (why !== undefined) refuse(`nothing was tried: ${why}`)

const base = mkdtempSync(join(tmpdir(), 'ringwal-errors-'))
console.error(`seed ${seed}; logs in ${base}`)
const voice = new CampaignVoice(seed, describe)
const deadline = performance.now() + budget * 1000
const onFailure = (totals: ErrorTotals): void => voice.progress(triedOf(totals), totals)
const families = values.calls === undefined ? {} : { families: values.calls.split(',') }
const totals = await sweepErrors({ base, seed, jobs, settings, deadline, failures, onFailure, ...families })
if (totals.violations.length === 0) rmdirSync(base)
voice.end(totals, values.json)

function triedOf({ taken, violations }: ErrorTotals): number {
  return Object.values(taken).reduce((sum, count) => sum + count, violations.length)
}

function describe(totals: ErrorTotals): string {
  const { known, taken, failures, violations, seconds } = totals
  const each = Object.entries(failures).map(([failure, count]) => `${failure} ${count}`)
  return (
    `${triedOf(totals)} of ${known} failures tried: ${taken.poisoned} poisoned the log, ${taken.refused} were refused otherwise ` +
    `(${each.join(', ')}), after ${taken['went on']} it went on, ${taken.missed} came too late; ` +
    `${violations.length} violations; ${seconds.toFixed(0)} s`
  )
}
