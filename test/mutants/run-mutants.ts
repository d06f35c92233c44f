/**
 * `npm run campaign:mutants`: puts one fault after the other into a copy of the build, and says which test notices each.
 * A fault that no test notices is a test that is missing: then the exit code is 1.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { durationMs } from '../support/duration.ts'
import { FailingTests, runCampaign, type Trial } from './campaign.ts'
import { ROOMS } from './catalogue.ts'
import { type Mutant, UnfitMutant } from './mutant.ts'
import { killRunning } from './process.ts'
import { PACKAGE, vitestIn } from './test-run.ts'
import { Workspace } from './workspace.ts'

const USAGE = `usage: run-mutants [--only TEXT]… [--room ${Object.keys(ROOMS).join('|')}]… [--budget 20m] [--json]`

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    room: { type: 'string', multiple: true, default: Object.keys(ROOMS) },
    budget: { type: 'string', default: '12h' },
    json: { type: 'boolean', default: false },
  },
})
const mutants = chosen(values.room, values.only)
const budgetMs = durationMs(values.budget)
if (Number.isNaN(budgetMs) || mutants.length === 0) {
  console.error(USAGE)
  process.exit(2)
}

const build = fileURLToPath(new URL('../../', import.meta.url))
const workspace = new Workspace(build, join(PACKAGE, `.build-mutant-${process.pid}`), PACKAGE)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    killRunning()
    workspace.remove()
    process.exit(130)
  })
}
try {
  const trials = await runCampaign({
    mutants,
    host: workspace,
    run: vitestIn(workspace.root),
    deadline: performance.now() + budgetMs,
    onTrial: (trial) => values.json || console.log(describe(trial)),
  })
  if (values.json) console.log(JSON.stringify(trials, undefined, 2))
  else console.log(summaryOf(trials))
  if (trials.some(({ verdict }) => verdict === 'survived')) process.exitCode = 1
} catch (error) {
  if (!(error instanceof UnfitMutant || error instanceof FailingTests)) throw error
  console.error(error.message)
  process.exitCode = 2
} finally {
  workspace.remove()
}

function chosen(rooms: readonly string[], only: readonly string[]): Mutant[] {
  const all = rooms.flatMap((room) => ROOMS[room] ?? [])
  return all.filter(({ name }) => only.length === 0 || only.some((text) => name.includes(text)))
}

function describe({ mutant, verdict, by, seconds }: Trial): string {
  const what = `${mutant.rule.padEnd(9)} ${mutant.name}`
  if (verdict === 'untried') return `${what}: not tried, the time is up`
  const time = `in ${seconds.toFixed(1)} s`
  return verdict === 'killed'
    ? `${what}: killed by ${by} ${time}`
    : `${what}: SURVIVED ${mutant.tests.join(', ')} ${time}`
}

function summaryOf(trials: readonly Trial[]): string {
  const count = (verdict: Trial['verdict']): number => trials.filter((trial) => trial.verdict === verdict).length
  return `${trials.length} mutants: ${count('killed')} killed, ${count('survived')} survived, ${count('untried')} not tried`
}
