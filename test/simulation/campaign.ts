/**
 * Many random lives of a log, each with crash states at every change:
 *
 *   node dist/test/simulation/campaign.js [--budget 60|20m|1h] [--seed 1] [--jobs 1] [--lives N] [--json]
 *   node dist/test/simulation/campaign.js --exhaustive [--whole 4096]   every small life, every state of up to so many at a moment
 *   node dist/test/simulation/campaign.js --case FILE
 *
 * Ends at the first life that breaks a promise, with the line that replays it; makes it shorter, and writes that to a file.
 */
import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { durationMs } from '../support/duration.ts'
import { lifeOf, type Report, runLives, type Task } from './campaign-child.ts'
import { failureOf, readCase, replayCase, writeCase } from './life-case.ts'
import { addTotals, describeTotals, type LifeTotals, NO_LIVES } from './life-totals.ts'
import { shrink } from './shrink.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    lives: { type: 'string', default: 'Infinity' },
    exhaustive: { type: 'boolean', default: false },
    steps: { type: 'string', default: '60' },
    whole: { type: 'string' },
    torn: { type: 'string', default: '16' },
    case: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const PROGRESS_MS = 30_000
const SHRINK_MS = 60_000
const budgetMs = durationMs(values.budget)
const whole = Number(values.whole ?? (values.exhaustive ? 4096 : 32))
const sampling = { whole, torn: Number(values.torn) }
const [seed, jobs, steps] = [Number(values.seed), Number(values.jobs), values.exhaustive ? 0 : Number(values.steps)]
const lives = Number(values.lives)
if (![budgetMs, seed, jobs, steps, sampling.whole, sampling.torn].every((value) => value >= 0) || !(lives >= 1)) {
  console.error(
    'usage: campaign [--budget 60|20m|1h] [--seed 1] [--jobs 1] [--lives N] [--steps 60 | --exhaustive] [--json] [--case FILE]',
  )
  process.exit(2)
}

if (values.case !== undefined) await replay(values.case)
else await campaign()

async function replay(path: string): Promise<void> {
  const failure = await replayCase(readCase(path))
  if (failure === undefined) {
    console.log('it does not fail any more')
    return
  }
  console.error(failure)
  process.exitCode = 1
}

async function campaign(): Promise<void> {
  const started = performance.now()
  const reports: (Report | undefined)[] = []
  let told = started
  const onReport = (job: number, report: Report): void => {
    reports[job] = report
    if (values.json || performance.now() - told < PROGRESS_MS) return
    told = performance.now()
    console.error(`${summaryOf(reports, started)} …`)
  }
  const tasks: Task[] = Array.from({ length: Math.max(1, jobs) }, (_, job) => {
    const own = Math.ceil((lives - job) / Math.max(1, jobs))
    return { seed: seed + job, stride: Math.max(1, jobs), lives: own, budgetMs, steps, sampling }
  })
  if (jobs <= 1) await runLives(tasks[0]!, (report) => onReport(0, report))
  else await runChildren(tasks, onReport)
  const totals = sumOf(reports)
  const failed = reports.find((report) => report?.failure !== undefined)?.failure
  const seconds = (performance.now() - started) / 1000
  if (values.json)
    console.log(
      JSON.stringify({ ...totals, seed, seconds, cpuSeconds: cpuSecondsOf(reports), failure: failed ?? null }),
    )
  else console.log(summaryOf(reports, started))
  if (failed === undefined) return
  process.exitCode = 1
  await tellFailure(failed)
}

function runChildren(tasks: readonly Task[], onReport: (job: number, report: Report) => void): Promise<unknown> {
  const children = tasks.map(() =>
    fork(fileURLToPath(new URL('campaign-child.js', import.meta.url)), ['child'], {
      serialization: 'advanced',
      // Most of what a state takes is gone at once: with a larger nursery it is never copied.
      execArgv: ['--max-semi-space-size=32'],
    }),
  )
  const ends = children.map(
    (child, job) =>
      new Promise<void>((resolve, reject) => {
        let isDone = false
        child.on('message', (report: Report) => {
          onReport(job, report)
          isDone ||= report.isLast
          if (report.failure !== undefined) for (const other of children) if (other !== child) other.kill()
        })
        child.on('error', reject)
        child.on('exit', (code, signal) => {
          if (isDone || signal === 'SIGTERM') resolve()
          else reject(new Error(`a process of the campaign ended with ${code ?? signal}`))
        })
        child.send(tasks[job]!)
      }),
  )
  return Promise.all(ends)
}

function sumOf(reports: readonly (Report | undefined)[]): LifeTotals {
  return reports.reduce((sum, report) => (report === undefined ? sum : addTotals(sum, report.totals)), NO_LIVES)
}

function summaryOf(reports: readonly (Report | undefined)[], started: number): string {
  const totals = sumOf(reports)
  const rate = Math.round(totals.states / ((performance.now() - started) / 1000))
  const perCpuSecond = Math.round(totals.states / cpuSecondsOf(reports))
  return `${describeTotals(totals)}; from seed ${seed} on: ${rate} states/s, ${perCpuSecond} a second of processor time`
}

function cpuSecondsOf(reports: readonly (Report | undefined)[]): number {
  return reports.reduce((sum, report) => sum + (report?.cpuSeconds ?? 0), 0)
}

async function tellFailure(failed: NonNullable<Report['failure']>): Promise<void> {
  const me = 'node dist/test/simulation/campaign.js'
  console.error(failed.message)
  console.error(failed.stack)
  const how = `${steps === 0 ? '--exhaustive' : `--steps ${steps}`} --whole ${sampling.whole} --torn ${sampling.torn}`
  console.error(`replay: ${me} --seed ${failed.seed} --lives 1 ${how}`)
  const failure = await failureOf(lifeOf(failed.seed, steps), sampling)
  if (failure === undefined) return
  const small = await shrink(failure, { sampling, deadline: performance.now() + SHRINK_MS })
  const path = join(tmpdir(), `ringwal-life-${failed.seed}.json`)
  writeCase(path, small)
  console.error(`shrunk to ${small.script.decisions.length} decisions: ${small.message}`)
  console.error(`replay: ${me} --case ${path}`)
  console.error(JSON.stringify(small))
}
