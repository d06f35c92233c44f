/** `npm run campaign:deaths`: death at every system call, each in a life of its own. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type DeathTotals, sweepDeaths } from './death-sweep.ts'
import { SETTINGS } from './scripts.ts'
import { straceVersion, whyNoStrace } from './strace.ts'

const USAGE =
  'usage: death-campaign [--budget SECONDS] [--points N] [--seed N] [--jobs 2] [--settings 0,1,…] [--dir DIR] [--json]'
const LINE_EVERY = 50

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '86400' },
    points: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(randomInt(2 ** 20)) },
    jobs: { type: 'string', default: '2' },
    settings: { type: 'string', default: [...SETTINGS.keys()].join() },
    dir: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
})
const [budget, points, seed, jobs] = [values.budget, values.points, values.seed, values.jobs].map(Number) as [
  number,
  number,
  number,
  number,
]
const settings = values.settings.split(',').map(Number)
const areKnown = settings.every((setting) => setting in SETTINGS)
if (
  !areKnown ||
  ![budget, points, seed, jobs].every((value) => Number.isSafeInteger(value) && value >= 0) ||
  jobs < 1
) {
  console.error(USAGE)
  process.exit(2)
}
const why = whyNoStrace()
if (why !== undefined) {
  console.error(`nothing was tried: ${why}`)
  process.exit(2)
}

const base = mkdtempSync(join(values.dir, 'ringwal-deaths-'))
const say = values.json ? (): void => {} : console.log
say(`seed ${seed}; ${straceVersion()}; logs in ${base}`)
const deadline = performance.now() + budget * 1000
const onPoint = (totals: DeathTotals): void => {
  if ((totals.deaths + totals.missed) % LINE_EVERY === 0) say(describe(totals))
}
const totals = await sweepDeaths({ base, seed, jobs, settings, deadline, points, onPoint })
if (totals.violations.length === 0) rmdirSync(base)
else process.exitCode = 1
if (values.json) console.log(JSON.stringify({ seed, ...totals }))
else console.log([describe(totals), ...totals.violations].join('\n'))

function describe({ known, deaths, missed, families, violations, seconds }: DeathTotals): string {
  const each = Object.entries(families).map(([family, count]) => `${family} ${count}`)
  return (
    `${deaths} deaths at as many of ${known} points (${each.join(', ')}); ${missed} lives ended by themselves before; ` +
    `${violations.length} violations; ${seconds.toFixed(0)} s (seed ${seed})`
  )
}
