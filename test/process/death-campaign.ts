/** `npm run campaign:deaths`: death at every system call, each in a life of its own. */
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CAMPAIGN_OPTIONS, CampaignVoice, refuse, wholeNumbers } from '../support/campaign.ts'
import { type DeathTotals, sweepDeaths } from './death-sweep.ts'
import { SETTINGS } from './scripts.ts'
import { straceVersion, whyNoStrace } from './strace.ts'

const USAGE =
  'usage: death-campaign [--budget SECONDS] [--points N] [--seed N] [--jobs 2] [--settings 0,1,…] [--dir DIR] [--json]'

const { values } = parseArgs({
  options: {
    ...CAMPAIGN_OPTIONS,
    points: { type: 'string', default: '1000000' },
    jobs: { type: 'string', default: '2' },
    settings: { type: 'string', default: [...SETTINGS.keys()].join() },
    dir: { type: 'string', default: tmpdir() },
  },
})
const { budget, points, seed, jobs } = wholeNumbers(USAGE, {
  budget: values.budget,
  points: values.points,
  seed: values.seed,
  jobs: values.jobs,
})
const settings = values.settings.split(',').map(Number)
if (jobs < 1 || !settings.every((setting) => setting in SETTINGS)) refuse(USAGE)
const why = whyNoStrace()
if (why !== undefined) refuse(`nothing was tried: ${why}`)

const base = mkdtempSync(join(values.dir, 'ringwal-deaths-'))
console.error(`seed ${seed}; ${straceVersion()}; logs in ${base}`)
const voice = new CampaignVoice(seed, describe)
const deadline = performance.now() + budget * 1000
const onPoint = (totals: DeathTotals): void => voice.progress(totals.deaths + totals.missed, totals)
const totals = await sweepDeaths({ base, seed, jobs, settings, deadline, points, onPoint })
if (totals.violations.length === 0) rmdirSync(base)
voice.end(totals, values.json)

function describe({ known, deaths, missed, families, violations, seconds }: DeathTotals): string {
  const each = Object.entries(families).map(([family, count]) => `${family} ${count}`)
  return (
    `${deaths} deaths at as many of ${known} points (${each.join(', ')}); ${missed} lives ended by themselves before; ` +
    `${violations.length} violations; ${seconds.toFixed(0)} s`
  )
}
