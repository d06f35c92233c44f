/**
 * Checks the ring's model with spin: every configuration, every seeded bug, every variant that is no bug.
 *
 *   node dist/test/ring/model/run-spin.js [--budget 10m] [--only NAME] [--trail]
 *
 * Prints a table with the states of each. Ends with 1 if a configuration does not hold, a bug is not found, or a search
 * did not see every state; searches that the budget has no time for are listed. `--trail` tells the way to an error.
 */
import { parseArgs } from 'node:util'
import { durationMs } from '../../support/duration.ts'
import { CAMPAIGN, type Configuration, SLICE } from './configurations.ts'
import { forAll } from './search-all.ts'
import { HARMLESS, SEEDED_BUGS } from './seeded-bugs.ts'
import { type ErrorKind, missingTool, type Outcome, runSpin, type Search } from './spin.ts'

interface Task extends Search {
  readonly group: 'holds' | 'bug' | 'no bug'
  readonly name: string
  readonly what: string
  /** The error that spin must find; undefined if it must find none. */
  readonly expected?: ErrorKind
}

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '10m' },
    only: { type: 'string' },
    trail: { type: 'boolean', default: false },
  },
})
const budgetMs = durationMs(values.budget)
const missing = await missingTool()
const tasks = allTasks().filter(({ name }) => values.only === undefined || name === values.only)
if (Number.isNaN(budgetMs) || tasks.length === 0) {
  console.error(
    `usage: run-spin [--budget 10m] [--only NAME] [--trail]; names: ${allTasks()
      .map((t) => t.name)
      .join(' ')}`,
  )
  process.exitCode = 2
} else if (missing === undefined) {
  await check(tasks)
} else {
  console.error(`the model is not checked: ${missing}`)
  process.exitCode = 1
}

function allTasks(): Task[] {
  const holding = [...SLICE, ...CAMPAIGN].map((one: Configuration): Task => ({ ...one, group: 'holds' }))
  const bugs = SEEDED_BUGS.map((bug): Task => ({ ...bug, group: 'bug', expected: bug.found }))
  return [...bugs, ...HARMLESS.map((one): Task => ({ ...one, group: 'no bug' })), ...holding]
}

async function check(todo: readonly Task[]): Promise<void> {
  const deadline = performance.now() + budgetMs
  const totals = { states: 0, transitions: 0, held: 0, found: 0, failed: 0 }
  const late: string[] = []
  console.log('        states  transitions   depth      MB        s  outcome')
  await forAll(todo, async (task) => {
    const left = deadline - performance.now()
    if (left <= 0) return void late.push(task.name)
    const outcome = await runSpin(task, { fast: true, trail: values.trail, timeoutMs: left })
    if (outcome.truncated !== undefined && performance.now() >= deadline) return void late.push(task.name)
    const fault = faultOf(task, outcome)
    totals.states += outcome.states
    totals.transitions += outcome.transitions
    if (fault !== undefined) totals.failed++
    else if (task.expected === undefined) totals.held++
    else totals.found++
    console.log(line(task, outcome, fault))
    if (outcome.error !== undefined && (values.trail || fault !== undefined)) console.log(outcome.error.trail)
  })
  const { states, transitions, held, found, failed } = totals
  console.log(
    `${held} held, ${found} seeded bugs found, ${failed} failed: ${states} states, ${transitions} transitions`,
  )
  if (late.length > 0) console.log(`no time for: ${late.join(' ')}`)
  if (failed > 0) process.exitCode = 1
}

function faultOf({ expected }: Task, { error, truncated }: Outcome): string | undefined {
  if (truncated !== undefined) return `NOT COMPLETE: ${truncated}`
  if (expected === error?.kind) return undefined
  return expected === undefined ? `BROKEN: ${error!.text}` : `NOT FOUND: ${error?.text ?? 'no error'}`
}

function line(task: Task, outcome: Outcome, fault: string | undefined): string {
  const { states, transitions, depth, memoryMb, seconds, error } = outcome
  const columns = [
    String(states).padStart(14),
    String(transitions).padStart(12),
    String(depth).padStart(7),
    memoryMb.toFixed(0).padStart(7),
    seconds.toFixed(1).padStart(8),
  ]
  const result = fault ?? (error === undefined ? task.group : `bug found: ${error.text}`)
  return `${columns.join(' ')}  ${task.name}: ${task.what}; ${result}`
}
