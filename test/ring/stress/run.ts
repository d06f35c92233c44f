/**
 * Stress of the ring with real threads.
 *
 *   node dist/test/ring/stress/run.js --messages 1e8 --producers 1,2,3,4 --seed 1 [--capacity 4096,65536,16777216]
 *   node dist/test/ring/stress/run.js --deaths 500 --seed 1 [--capacity 65536]
 *
 * The first sends `messages` in all, split over each number of producers at each capacity; the second kills `deaths`
 * producers at each capacity. Exit code 0 if nothing was lost, doubled, disordered or damaged.
 */
import { parseArgs } from 'node:util'
import { runChaos } from './chaos.ts'
import { runStress } from './stress.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1e6' },
    producers: { type: 'string', default: '1,2,3,4' },
    capacity: { type: 'string', default: '4096,65536,16777216' },
    seed: { type: 'string', default: '1' },
    deaths: { type: 'string' },
  },
})

/** Just below the limits of the counters' words. */
const STARTS: readonly (readonly [position: number, sequence: number])[] = [
  [2 ** 31 - 5000, 2 ** 31 - 5000],
  [2 ** 32 - 5000, 2 ** 32 - 5000],
  [0, 1],
  [2 ** 32 - 1, 2 ** 52],
]

const seed = Number(values.seed)
const capacities = values.capacity.split(',').map(Number)
const crews = values.producers.split(',').map(Number)
try {
  if (values.deaths === undefined) await stressAll(Number(values.messages))
  else for (const capacity of capacities) await chaos(capacity, Number(values.deaths))
} catch (error) {
  console.error(error)
  process.exitCode = 1
}

async function stressAll(total: number): Promise<void> {
  const started = performance.now()
  const runs = capacities.flatMap((capacity) => crews.map((producers) => ({ capacity, producers })))
  const sums = { messages: 0, bytes: 0 }
  for (const [number, run] of runs.entries()) {
    const [startPosition, firstSequence] = STARTS[number % STARTS.length]!
    const plan = { ...run, messages: total / runs.length, seed: seed + number, startPosition, firstSequence }
    const { messages, bytes, seconds } = await runStress(plan)
    sums.messages += messages
    sums.bytes += bytes
    const rates = `${(messages / seconds / 1e6).toFixed(2)} M/s, ${(bytes / seconds / 1e6).toFixed(0)} MB/s`
    console.log(
      `${run.producers} producers, ring of ${run.capacity}: ${messages} messages in ${seconds.toFixed(1)} s, ${rates}`,
    )
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`total: ${sums.messages} messages, ${sums.bytes} bytes, all in order and intact; ${seconds} s`)
}

async function chaos(capacity: number, deaths: number): Promise<void> {
  const started = performance.now()
  const { messages, lost } = await runChaos({ deaths, producers: Math.max(...crews), capacity, seed })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`ring of ${capacity}: ${deaths} deaths, ${messages} messages received, ${lost} half sent; ${seconds} s`)
}
