/**
 * Many random lives of a log, each with a crash at every call: `node dist/test/wal/crash-campaign.js --budget 60 --seed 1`.
 * Ends at the first life that breaks a promise, with the line that replays it.
 */
import { parseArgs } from 'node:util'
import { runCrashScript } from './crash-script.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: 'Infinity' },
    steps: { type: 'string', default: '80' },
  },
})
const first = Number(values.seed)
const started = performance.now()
const deadline = started + Number(values.budget) * 1000
let states = 0
let calls = 0
let faults = 0
let retired = 0
let recycled = 0
let seed = first

for (; seed < first + Number(values.runs) && performance.now() < deadline; seed++) {
  try {
    const result = runCrashScript(seed, { steps: Number(values.steps), whole: 5, torn: 3, isRecycling: seed % 3 === 0 })
    states += result.states
    calls += result.calls
    faults += result.faults
    retired += result.retired
    recycled += result.recycled
  } catch (error) {
    console.error(error)
    console.error(`replay: node dist/test/wal/crash-campaign.js --seed ${seed} --runs 1 --steps ${values.steps}`)
    process.exitCode = 1
    break
  }
}
const seconds = (performance.now() - started) / 1000
const rate = Math.round(states / seconds)
console.log(
  `${states} crash states at ${calls} calls, ${faults} faults, ${retired} segments retired and ${recycled} begun in their files, seeds ${first} to ${seed - 1}: ${rate} states/s`,
)
