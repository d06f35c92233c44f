import { mkdirSync } from 'node:fs'
import { measureAlone } from '../measure/isolate.ts'
import type { Micro } from '../measure/micro.ts'
import { MICRO_GROUPS, type MicroGroup } from '../micro/groups.ts'
import type { MicroFigure } from '../result.ts'
import { spread } from '../statistics.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

/** Single steps by tinybench, each group in a process of its own. */
export function microSection(shop: Workshop): Section {
  const groups = (Object.keys(MICRO_GROUPS) as MicroGroup[]).map((group) => ({
    group,
    runs: [] as (readonly Micro[])[],
  }))
  const { microMs: milliseconds } = shop.options.effort
  const steps = groups.map(({ group, runs }) => ({
    what: `micro: ${group}`,
    seconds: 0.5 + (milliseconds / 1000) * 6,
    run: async () => {
      const dir = shop.place('micro')
      mkdirSync(dir)
      runs.push(await measureAlone<'micro'>({ kind: 'micro', group, milliseconds, dir }))
      shop.discard(dir)
    },
  }))
  return { steps, figures: () => ({ micro: groups.flatMap(({ group, runs }) => figuresOf(group, runs)) }) }
}

function figuresOf(group: string, runs: readonly (readonly Micro[])[]): MicroFigure[] {
  return (runs[0] ?? []).map(({ name }, i) => ({
    group,
    name,
    nsPerOperation: spread(runs.map((run) => run[i]!.nsPerOperation)),
  }))
}
