/**
 * The Nth-call sweep: each operation of the file-system port fails at its Nth call, in each way, N rising until a life meets
 * no fault: `node dist/test/simulation/fault-campaign.js [--budget 20m] [--seed 1] [--operation write] [--json]`.
 *
 * The seed shuffles the kinds of fault, so that a short budget tries others each time. A broken rule is told with the point,
 * and the sweep goes on.
 */
import { parseArgs } from 'node:util'
import { durationMs } from '../support/duration.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { liveWithFault, type Struck, VARIANTS, type Variant } from './fault-life.ts'
import { describeKind, type FaultKind, faultKinds, OPERATIONS } from './fault-points.ts'
import { repairWithFault } from './fault-repair.ts'

/** Where a call fails: in one of the lives, or in a repair. */
type Place = Variant | 'repair' | 'repair in place'
const PLACES: readonly Place[] = [...VARIANTS, 'repair', 'repair in place']

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '20m' },
    seed: { type: 'string', default: '1' },
    operation: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const budgetMs = durationMs(values.budget)
const seed = Number(values.seed)
if (!(budgetMs >= 0) || !Number.isSafeInteger(seed)) {
  console.error('usage: fault-campaign [--budget 20m] [--seed 1] [--operation NAME] [--json]')
  process.exit(2)
}
const deadline = performance.now() + budgetMs
const random = new SeededRandom(seed)
const operations = OPERATIONS.filter((one) => values.operation === undefined || one === values.operation)
const sweeps = operations
  .flatMap((operation) => faultKinds(operation).flatMap((kind) => PLACES.map((place) => ({ kind, place }))))
  .map((sweep) => ({ sweep, order: random.uint32() }))
  .sort((a, b) => a.order - b.order)
  .map(({ sweep }) => sweep)

const struck: Partial<Record<Struck | 'repair', number>> = {}
const broken: string[] = []
let points = 0
let whole = 0
for (const [i, { kind, place }] of sweeps.entries()) {
  if (performance.now() > deadline) break
  await sweep(kind, place)
  whole++
  if (!values.json && i % 100 === 99) console.error(`${points} points, ${whole} of ${sweeps.length} sweeps …`)
}
const result = { points, sweeps: whole, of: sweeps.length, struck, broken: broken.length }
console.log(values.json ? JSON.stringify({ ...result, broken }) : result)
if (broken.length > 0) process.exitCode = 1

async function strike(kind: FaultKind, place: Place, at: number): Promise<Struck | 'repair' | undefined> {
  if (typeof place === 'object') return liveWithFault(place, kind, at)
  return (await repairWithFault(place === 'repair in place', kind, at)) ? 'repair' : undefined
}

async function sweep(kind: FaultKind, place: Place): Promise<void> {
  for (let at = 1; ; at++) {
    try {
      const who = await strike(kind, place, at)
      if (who === undefined) return
      struck[who] = (struck[who] ?? 0) + 1
    } catch (error) {
      const where = typeof place === 'object' ? `${place.policy}, ${place.spareSegments} spares` : place
      const told = `${describeKind(kind)}, call ${at}, ${where}: ${error instanceof Error ? error.message : error}`
      broken.push(told)
      if (!values.json) console.error(told)
    }
    points++
    if (at > 10_000) throw new Error('a sweep without an end')
  }
}
