/** `npm run campaign:kill`: SIGKILL at random moments, by the hundred, under every sync policy. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SyncPolicy } from '../../src/index.ts'
import { shared } from '../process/sweep.ts'
import { type CampaignTotals, runCampaign } from './campaign.ts'

const USAGE =
  'usage: kill-campaign [--kills 200] [--policies always,interval,never] [--producers 1,2,3,4] [--seed N] [--budget SECONDS] [--jobs 2] [--dir DIR] [--json]'
const LINE_EVERY = 20

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    policies: { type: 'string', default: 'always,interval,never' },
    producers: { type: 'string', default: '1,2,3,4' },
    seed: { type: 'string', default: String(randomInt(2 ** 32)) },
    budget: { type: 'string', default: '86400' },
    jobs: { type: 'string', default: '2' },
    dir: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
})
const policies = values.policies.split(',') as SyncPolicy[]
const producers = values.producers.split(',').map(Number)
const [kills, seed, budget] = [Number(values.kills), Number(values.seed), Number(values.budget)]
const jobs = Number(values.jobs)
const areKnown = policies.every((policy) => ['always', 'interval', 'never'].includes(policy))
if (
  !areKnown ||
  !(jobs >= 1) ||
  ![kills, seed, budget, jobs, ...producers].every((value) => Number.isSafeInteger(value) && value >= 0)
) {
  console.error(USAGE)
  process.exit(2)
}

const base = mkdtempSync(join(values.dir, 'ringwal-kill-'))
const deadline = performance.now() + budget * 1000
const total = { kills: 0, early: 0, logs: 0, records: 0, known: 0, acknowledgements: 0, openMsMax: 0, seconds: 0 }
// Progress on stderr: a campaign that is ended by force has told how far it came.
const say = (line: string): void => console.error(line)
say(
  `seed ${seed}; ${kills} kills for each of ${policies.join(', ')} × ${producers.join(', ')} producers; logs in ${base}`,
)
try {
  const kinds = policies.flatMap((policy) => producers.map((count) => ({ policy, count })))
  await shared(jobs, kinds, ({ policy, count }) => runOne(policy, count))
  rmSync(base, { recursive: true })
  if (values.json) console.log(JSON.stringify({ seed, ...total, violations: 0 }))
  else console.log(`all: ${describe(total)}\n0 violations in ${total.kills} kills (seed ${seed})`)
} catch (error) {
  console.log(`VIOLATION; the log is kept\n${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function runOne(policy: SyncPolicy, count: number): Promise<void> {
  const name = `${policy}, ${count} ${count === 1 ? 'producer' : 'producers'}`
  const onKill = (totals: CampaignTotals): void => {
    if (totals.kills % LINE_EVERY === 0) say(`${name}: ${describe(totals)}`)
  }
  const totals = await runCampaign({ base, policy, producers: count, kills, seed, deadline, onKill })
  if (totals.kills % LINE_EVERY !== 0) say(`${name}: ${describe(totals)}`)
  for (const key of ['kills', 'early', 'logs', 'records', 'known', 'acknowledgements', 'seconds'] as const)
    total[key] += totals[key]
  total.openMsMax = Math.max(total.openMsMax, totals.openMsMax)
}

function describe(totals: CampaignTotals): string {
  const { kills, early, logs, records, known, acknowledgements, openMsMax, seconds } = totals
  const pace = (seconds / Math.max(1, kills)).toFixed(2)
  return (
    `${kills} kills (${early} before the first append) in ${logs} logs, ${records} records recovered, ` +
    `${known} of them acknowledged by ${acknowledgements} reports, open at most ${openMsMax.toFixed(0)} ms, ${pace} s a kill`
  )
}
