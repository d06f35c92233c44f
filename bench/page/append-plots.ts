import { medianOf, sizeOf, TIME } from '../report/format.ts'
import type { AppendCostFigure, BenchResult } from '../result.ts'
import { distinct, grouped } from './grouped.ts'
import { encodingName } from './names.ts'
import { percentileView } from './percentile-view.ts'
import { type Plot, policyColour, type View } from './plot.ts'
import { barsView, type SpreadSeries } from './spread-view.ts'

export function appendPlots({ appendCost }: BenchResult): Plot[] {
  const views = grouped(appendCost, ({ encoding, size }) => encodingName(encoding, size))
    .map(([name, figures]) => percentilesOf(name, figures))
    .filter((view) => view !== null)
  return [
    {
      id: 'append-burst',
      title: 'Cost of an append, in bursts',
      views: appendCost.length === 0 ? [] : [burst(appendCost)],
    },
    { id: 'append-percentiles', title: 'Cost of an append, one at a time', views },
  ]
}

function burst(figures: readonly AppendCostFigure[]): View {
  const nameOf = ({ encoding, size }: AppendCostFigure): string => encodingName(encoding, size)
  const series: SpreadSeries<string>[] = distinct(figures.map(({ policy }) => policy)).map((policy) => {
    const own = figures.filter((figure) => figure.policy === policy)
    return { name: policy, colour: policyColour(policy), figures: own.map((one) => [nameOf(one), one.burstNs]) }
  })
  const json = figures.flatMap((one) => (one.jsonNs === null ? [] : [[nameOf(one), one.jsonNs] as const]))
  if (json.length > 0) series.push({ name: 'JSON.stringify', colour: 'grey', figures: json })
  return barsView({ name: 'all', reading: burstReading(figures) }, series, TIME, {
    title: 'time of the calling thread, a record',
    scale: 'fitting',
  })
}

function burstReading(figures: readonly AppendCostFigure[]): string {
  const declared = figures.find(({ encoding, jsonNs }) => encoding === 'declared' && jsonNs !== null)
  if (declared === undefined) return 'Mean over bursts that fit the ring; shorter is better.'
  const [own, json] = [medianOf(declared.burstNs, TIME), medianOf(declared.jsonNs, TIME)]
  return `A declared record of ${sizeOf(declared.size)} costs its caller ${own}, where JSON.stringify of the same object takes ${json}.`
}

function percentilesOf(name: string, figures: readonly AppendCostFigure[]): View | null {
  const curves = figures.flatMap(({ policy, single, waking }) => [
    { name: policy, colour: policyColour(policy), dash: 'solid', distribution: single } as const,
    { name: `${policy}, waking`, colour: policyColour(policy), dash: 'dashed', distribution: waking } as const,
  ])
  const timer = figures.slice(0, 1).map(({ timer }) => {
    return { name: 'the timer alone', colour: 'grey', dash: 'dotted', distribution: timer } as const
  })
  return percentileView(name, 'time of the calling thread', singleReading(figures), [...curves, ...timer])
}

function singleReading(figures: readonly AppendCostFigure[]): string {
  const { policy, single } = figures.find((figure) => figure.policy === 'interval') ?? figures[0]!
  const tail = single.p999 === null ? '' : `, and one in a thousand more than ${medianOf(single.p999, TIME)}`
  return `Under ${policy}, half of the appends took ${medianOf(single.p50, TIME)} or less${tail}; each holds one reading of the timer.`
}
