/**
 * Weeks of simulated operation, each with every step of its work killed once, and restores to points of it by lot:
 *
 *   node dist/test/operation/week-campaign.js [--budget 20m] [--seed N] [--targets 1000] [--per-week 100] [--minutes 10080] [--json]
 *
 * Ends when there were so many restores, or at the first promise that is broken, with its seed.
 */
import { parseArgs } from 'node:util'
import { CAMPAIGN_OPTIONS, CampaignVoice, refuse, wholeNumbers } from '../support/campaign.ts'
import { durationMs } from '../support/duration.ts'
import { AT_ITS_LIMIT, sweepSteps } from './step-sweep.ts'
import { Week } from './week.ts'
import { randomTargets, requireMinutes, restoreAll } from './week-targets.ts'

const USAGE =
  'usage: week-campaign [--budget 20m] [--seed N] [--targets 1000] [--per-week 100] [--minutes 10080] [--json]'
const { values } = parseArgs({
  options: {
    ...CAMPAIGN_OPTIONS,
    targets: { type: 'string', default: '1000' },
    'per-week': { type: 'string', default: '100' },
    minutes: { type: 'string', default: '10080' },
  },
})
const { seed, targets, perWeek, minutes } = wholeNumbers(USAGE, {
  ...{ seed: values.seed, targets: values.targets },
  ...{ perWeek: values['per-week'], minutes: values.minutes },
})
const budgetMs = durationMs(values.budget)
if (!(budgetMs >= 0) || perWeek < 1 || minutes < 60) refuse(USAGE)

interface Totals {
  weeks: number
  events: number
  lives: number
  /** By what was being done, and the call that was not carried out. */
  deaths: Record<string, number>
  retired: number
  checkpoints: number
  backups: number
  archiveFailures: number
  refused: number
  overBytes: number
  setAsideBytes: number
  /** Minutes of which the archive's manifests were asked whether they can be restored. */
  minutes: number
  restores: number
  violations: string[]
}

const totals: Totals = {
  ...{
    weeks: 0,
    events: 0,
    lives: 0,
    deaths: {},
    retired: 0,
    checkpoints: 0,
    backups: 0,
    archiveFailures: 0,
    refused: 0,
  },
  ...{ overBytes: Number.NEGATIVE_INFINITY, setAsideBytes: 0, minutes: 0, restores: 0, violations: [] },
}
const voice = new CampaignVoice<Totals>(seed, describe)
const deadline = performance.now() + budgetMs
for (let number = 0; totals.restores < targets && performance.now() < deadline; number++) {
  try {
    await trySteps(new Week(seed + number, minutes, AT_ITS_LIMIT))
    await tryWeek(new Week(seed + number, minutes))
  } catch (error) {
    totals.violations.push((error as Error).message)
    break
  }
}
voice.end(totals, values.json)

/** From some minute on. */
async function trySteps(week: Week): Promise<void> {
  await week.liveUntil(60 + ((seed + totals.weeks) % 120))
  addDeaths(await sweepSteps(week))
}

async function tryWeek(week: Week): Promise<void> {
  await week.live()
  add(week)
  totals.minutes += await requireMinutes(week)
  await restoreAll(week, randomTargets(week, Math.min(perWeek, targets - totals.restores)), () => {
    totals.restores++
    voice.progress(totals.restores, totals)
  })
}

function add({ counts, model }: Week): void {
  totals.weeks++
  totals.events += model.lastLsn
  for (const name of ['lives', 'retired', 'checkpoints', 'backups', 'archiveFailures', 'refused'] as const)
    totals[name] += counts[name]
  for (const name of ['overBytes', 'setAsideBytes'] as const) totals[name] = Math.max(totals[name], counts[name])
  addDeaths(counts.deaths)
}

function addDeaths(deaths: ReadonlyMap<string, number>): void {
  for (const [place, count] of deaths) totals.deaths[place] = (totals.deaths[place] ?? 0) + count
}

function describe(totals: Totals): string {
  const { weeks, events, lives, deaths, retired, checkpoints, backups, archiveFailures, restores } = totals
  const died = Object.values(deaths).reduce((sum, count) => sum + count, 0)
  const life = `${weeks} weeks, ${events} events, ${lives} lives, ${died} deaths at ${Object.keys(deaths).length} places`
  const work = `${retired} segments retired, ${checkpoints} checkpoints, ${backups} backups, ${archiveFailures} runs that failed`
  const space = `at most ${totals.overBytes} bytes over the limit, ${totals.setAsideBytes} set aside`
  return `${life}; ${work}; ${space}; ${restores} restores, ${totals.violations.length} violations`
}
