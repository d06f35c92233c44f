import type { SyncPolicy } from '../../src/index.ts'
import type { Waits } from '../measure/closed-loop.ts'
import type { DurableLatency } from '../measure/durable-latency.ts'
import { measureAlone } from '../measure/isolate.ts'
import { CALLERS, referenceSize } from '../plan.ts'
import type { LatencyFigure } from '../result.ts'
import { distributionOf, spreadOf } from '../statistics.ts'
import type { Section, Step } from './section.ts'
import type { Workshop } from './workshop.ts'

const WAYS = [
  'waitDurable',
  'durable',
  'flush',
  'bare',
  'bare-page',
] as const satisfies readonly (keyof DurableLatency)[]

/** Closed loops: one caller who waits in each of the ways there are, and many who await `appendDurable`. */
export function latencySection(shop: Workshop): Section {
  const size = referenceSize(shop.options)
  const found = new Map<string, { figure: LatencyFacts; runs: Waits[] }>()
  const note = (figure: LatencyFacts, waits: Waits): void => {
    const name = `${figure.how} ${figure.policy} ${figure.callers}`
    const known = found.get(name) ?? { figure, runs: [] }
    known.runs.push(waits)
    found.set(name, known)
  }
  const steps = shop.options.policies.flatMap((policy): Step[] => {
    const one = { what: `latency: ${policy}`, seconds: 3, run: () => alone(shop, policy, size, note) }
    const many = { what: `callers: ${policy}`, seconds: 3, run: () => together(shop, policy, size, note) }
    // Nobody's record becomes durable by itself under `never`.
    return policy === 'never' ? [one] : [one, many]
  })
  return { steps, figures: () => ({ latency: [...found.values()].map(figureOf) }) }
}

type LatencyFacts = Pick<LatencyFigure, 'how' | 'policy' | 'size' | 'callers'>
type Note = (figure: LatencyFacts, waits: Waits) => void

async function alone(shop: Workshop, policy: SyncPolicy, size: number, note: Note): Promise<void> {
  const { latencySamples: samples, latencyBudgetMs: budgetMs } = shop.options.effort
  const dir = shop.place(`durable-latency-${policy}-${size}`)
  const job = { kind: 'durable-latency', dir, policy, size, encoding: 'bytes', samples, budgetMs } as const
  const latency = await measureAlone<'durable-latency'>(job)
  for (const how of WAYS) if (latency[how] !== undefined) note({ how, policy, size, callers: 1 }, latency[how])
  shop.discard(dir)
}

async function together(shop: Workshop, policy: SyncPolicy, size: number, note: Note): Promise<void> {
  const { callerSamples: samples, latencyBudgetMs: budgetMs } = shop.options.effort
  const dir = shop.place(`callers-${policy}-${size}`)
  const job = { kind: 'callers', dir, policy, size, encoding: 'bytes', callers: CALLERS, samples, budgetMs } as const
  const { waits } = await measureAlone<'callers'>(job)
  for (const [i, callers] of CALLERS.entries()) note({ how: 'appendDurable', policy, size, callers }, waits[i]!)
  shop.discard(dir)
}

function figureOf({ figure, runs }: { figure: LatencyFacts; runs: readonly Waits[] }): LatencyFigure {
  return {
    ...figure,
    recordsPerSecond: spreadOf(runs, ({ recordsPerSecond }) => recordsPerSecond),
    latency: distributionOf(runs.map(({ latency }) => latency)),
  }
}
