/**
 * `npm run fuzz -- --budget 600 --seed 1 [--cases N] [--case N]`: files made to harm, through the scanner, the readers,
 * verify, recovery and the printing of the command line. Ends at the first case in which something does not hold.
 */
import { parseArgs } from 'node:util'
import { runFuzz } from './run-fuzz.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: 'Infinity' },
    case: { type: 'string' },
  },
})
const seed = Number(values.seed)
const only = values.case === undefined ? undefined : Number(values.case)
const end = only === undefined ? Number(values.cases) : only + 1
if (Number.isNaN(seed + end + Number(values.budget))) {
  console.error('usage: fuzz [--budget SECONDS] [--seed N] [--cases N] [--case N]')
  process.exit(2)
}
const result = await runFuzz({ seed, first: only ?? 0, end, seconds: Number(values.budget) })
const { cases, seconds, records, damage, growth, refusals, finding } = result
if (finding !== undefined) {
  console.error(finding.text)
  console.error(`the input is in ${finding.saved}`)
  console.error(`replay: npm run fuzz -- --seed ${seed} --case ${finding.number}`)
  process.exitCode = 1
}
const rate = Math.round(cases / seconds)
const size = (growth / 2 ** 20).toFixed(0)
console.log(
  `${cases} inputs held, seed ${seed}, ${rate}/s: ${records} records, ${damage} damaged places; grew ${size} MiB`,
)
for (const [what, count] of [...refusals].sort()) console.log(`  ${what}: ${count}`)
