import type { AppendCost } from '../measure/append-cost.ts'
import { measureAlone } from '../measure/isolate.ts'
import { appendCostPlan } from '../plan.ts'
import type { AppendCostFigure } from '../result.ts'
import { distributionOf, spreadOf } from '../statistics.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

export function appendCostSection(shop: Workshop): Section {
  const { singles, waking, bursts, burstRecords } = shop.options.effort
  const cells = appendCostPlan(shop.options).map((planned) => ({ ...planned, runs: [] as AppendCost[] }))
  const steps = cells.map(({ policy, size, encoding, runs }) => ({
    what: `cost of an append: ${policy}, ${size} B ${encoding}`,
    seconds: 1.5,
    run: async () => {
      const dir = shop.place(`append-cost-${policy}-${encoding}-${size}`)
      const work = { kind: 'append-cost', singles, waking, bursts, burstRecords } as const
      runs.push(await measureAlone<'append-cost'>({ ...work, dir, policy, size, encoding }))
      shop.discard(dir)
    },
  }))
  return { steps, figures: () => ({ appendCost: cells.map(figureOf) }) }
}

type Cell = Pick<AppendCostFigure, 'policy' | 'size' | 'encoding'> & { readonly runs: readonly AppendCost[] }

function figureOf({ policy, size, encoding, runs }: Cell): AppendCostFigure {
  return {
    policy,
    size,
    encoding,
    burstNs: spreadOf(runs, ({ burstNs }) => burstNs),
    single: distributionOf(runs.map(({ single }) => single)),
    waking: distributionOf(runs.map(({ waking }) => waking)),
    timer: distributionOf(runs.map(({ timer }) => timer)),
    jsonNs: runs.some(({ jsonNs }) => jsonNs === null) ? null : spreadOf(runs, ({ jsonNs }) => jsonNs!),
  }
}
