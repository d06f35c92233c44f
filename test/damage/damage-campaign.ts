/**
 * Damage to small logs, by the ten thousand; ends at the first case in which something does not hold, with the line that
 * replays it.
 *
 *   npm run campaign:damage -- --budget 300 --seed 1 [--cases N] [--case N]
 *   npm run campaign:damage -- --every-bit closed --budget 1200
 *
 * The first is random damage of every kind; the second every bit of a sample log (closed, open, recycled), with a repair of
 * each.
 */
import { parseArgs } from 'node:util'
import { DamageBench } from './damage-case.ts'
import { SAMPLE_NAMES } from './sample-log.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: 'Infinity' },
    case: { type: 'string' },
    'every-bit': { type: 'string' },
  },
})
const USAGE = `usage: damage-campaign [--budget SECONDS] [--seed N | --every-bit ${SAMPLE_NAMES.join('|')}] [--cases N] [--case N]`
const seed = Number(values.seed)
const sample = SAMPLE_NAMES.find((name) => name === values['every-bit'])
const bench = sample === undefined ? new DamageBench() : new DamageBench({ repair: 1, others: 0.1 })
const first = Number(values.case ?? 0)
const bits = sample === undefined ? Number.POSITIVE_INFINITY : bench.bitsOf(sample)
const end = values.case === undefined ? Math.min(bits, Number(values.cases)) : first + 1
if ((values['every-bit'] !== undefined && sample === undefined) || Number.isNaN(seed + end + Number(values.budget))) {
  console.error(USAGE)
  process.exit(2)
}
const started = performance.now()
const deadline = started + Number(values.budget) * 1000
let number = first

for (; number < end && performance.now() < deadline; number++) {
  try {
    await (sample === undefined ? bench.run(seed, number) : bench.runBit(sample, number))
  } catch (error) {
    console.error(error)
    const which = sample === undefined ? `--seed ${seed}` : `--every-bit ${sample}`
    console.error(`replay: npm run campaign:damage -- ${which} --case ${number}`)
    process.exitCode = 1
    break
  }
}
const seconds = (performance.now() - started) / 1000
const what = sample === undefined ? `cases of damage held, seed ${seed}` : `of ${bits} bits of the ${sample} log held`
console.log(`${number - first} ${what}, ${Math.round((number - first) / seconds)} cases/s`)
