/**
 * Tries each property with as many inputs as there is time for; the properties share the time.
 *
 *   npm run campaign:properties -- --budget 10m --seed 1 [--room ROOM]… [--only TEXT]… [--path PATH] [--json]
 *
 * Ends with 1 if one does not hold, and prints the smallest input found and the line that tries it again.
 */
import { parseArgs } from 'node:util'
import { durationMs } from '../support/duration.ts'
import type { Property } from '../support/property.ts'
import { PROPERTIES } from './catalogue.ts'

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '10m' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string', multiple: true, default: Object.keys(PROPERTIES) },
    only: { type: 'string', multiple: true, default: [] },
    path: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const RUNS_MAX = 2 ** 31 - 1
const budgetMs = durationMs(values.budget)
const seed = Number(values.seed)
const chosen = values.room
  .flatMap((room) => PROPERTIES[room] ?? [])
  .filter(({ name }) => values.only.length === 0 || values.only.some((text) => name.includes(text)))
if (Number.isNaN(budgetMs) || !Number.isSafeInteger(seed) || chosen.length === 0) {
  const rooms = Object.keys(PROPERTIES).join('|')
  console.error(
    `usage: run-properties [--budget 10m] [--seed N] [--room ${rooms}]… [--only TEXT]… [--path PATH] [--json]`,
  )
  process.exit(2)
}

interface Held {
  readonly name: string
  readonly inputs: number
  readonly seconds: number
  readonly failure?: string
}

const deadline = performance.now() + budgetMs
const results: Held[] = []
for (const [i, property] of chosen.entries()) {
  const share = (deadline - performance.now()) / (chosen.length - i)
  const result = await tryOne(property, share)
  results.push(result)
  if (!values.json) console.log(result.failure ?? `${String(result.inputs).padStart(9)} inputs: ${result.name}`)
}
const inputs = results.reduce((sum, one) => sum + one.inputs, 0)
const failed = results.filter(({ failure }) => failure !== undefined).length
if (values.json) console.log(JSON.stringify({ seed, inputs, failed, properties: results }, undefined, 2))
else console.log(`${results.length} properties, ${failed} failed, ${inputs} inputs, seed ${seed}`)
if (failed > 0) process.exitCode = 1

async function tryOne({ name, check }: Property, share: number): Promise<Held> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  try {
    const { path } = values
    // A path tells one input: the time is for the search alone.
    const tried = await check(
      path === undefined ? { seed, runs: RUNS_MAX, ms: Math.max(1, share) } : { seed, path, runs: 1 },
    )
    return { name, inputs: tried, seconds: seconds() }
  } catch (error) {
    return {
      name,
      inputs: 0,
      seconds: seconds(),
      failure: `${name}: ${error instanceof Error ? error.message : error}`,
    }
  }
}
