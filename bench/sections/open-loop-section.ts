import { measureAlone } from '../measure/isolate.ts'
import type { OpenLoop } from '../measure/open-loop.ts'
import { referenceSize } from '../plan.ts'
import { distributionOf, spreadOf } from '../statistics.ts'
import type { Section } from './section.ts'
import type { Workshop } from './workshop.ts'

/** Fixed rates, whether or not the log keeps up. */
export function openLoopSection(shop: Workshop): Section {
  const { policies, rates, effort } = shop.options
  const size = referenceSize(shop.options)
  const cells = policies.flatMap((policy) => rates.map((rate) => ({ policy, rate, runs: [] as OpenLoop[] })))
  const steps = cells.map(({ policy, rate, runs }) => ({
    what: `open loop: ${policy}, ${rate} records/s`,
    seconds: effort.openLoopSeconds + 1,
    run: async () => {
      const dir = shop.place(`open-loop-${policy}-${rate}`)
      const job = { kind: 'open-loop', dir, policy, size, encoding: 'bytes', rate } as const
      runs.push(await measureAlone<'open-loop'>({ ...job, seconds: effort.openLoopSeconds }))
      shop.discard(dir)
    },
  }))
  const figures: Section['figures'] = () => ({
    openLoop: cells.map(({ policy, rate, runs }) => ({
      policy,
      size,
      rate,
      achieved: spreadOf(runs, ({ achieved }) => achieved),
      accepted: distributionOf(runs.map(({ accepted }) => accepted)),
      durable: distributionOf(runs.map(({ durable }) => durable)),
    })),
  })
  return { steps, figures }
}
