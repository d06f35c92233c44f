import { COUNT, medianOf, plural, quantity, sizeOf, TIME, TIMES } from '../report/format.ts'
import { waitName } from '../report/latency-tables.ts'
import type { BenchResult, LatencyFigure } from '../result.ts'
import { distinct, grouped } from './grouped.ts'
import { type Curve, percentileView } from './percentile-view.ts'
import { type Colour, type Plot, policyColour, type View } from './plot.ts'

/** The same way of waiting in the same colour, whichever the plot has. */
const LOOKS: Readonly<Record<LatencyFigure['how'], readonly [Colour, Curve['dash']]>> = {
  waitDurable: ['c1', 'solid'],
  durable: ['c2', 'solid'],
  flush: ['c3', 'solid'],
  appendDurable: ['c4', 'solid'],
  bare: ['grey', 'dashed'],
  'bare-page': ['grey', 'dotted'],
}

export function latencyPlots({ latency }: BenchResult): Plot[] {
  const byWait = grouped(latency, ({ policy, size, callers }) => `${policy}, ${work(size, callers)}`)
  const byPolicy = grouped(latency, ({ how, size, callers }) => `${waitName(how)}, ${work(size, callers)}`)
  const compared = byPolicy.filter(([name, figures]) => !name.startsWith('bare') && figures.length > 1)
  return [
    { id: 'latency-wait', title: 'From append to durable, by way of waiting', views: viewsOf(byWait, waitView) },
    { id: 'latency-policy', title: 'From append to durable, by policy', views: viewsOf(compared, policyView) },
  ]
}

function viewsOf(
  groups: readonly [string, LatencyFigure[]][],
  viewOf: (name: string, figures: readonly LatencyFigure[]) => View | null,
): View[] {
  return groups.map(([name, figures]) => viewOf(name, figures)).filter((view) => view !== null)
}

function work(size: number, callers: number): string {
  return `${sizeOf(size)}, ${plural(callers, 'caller')}`
}

function waitView(name: string, figures: readonly LatencyFigure[]): View | null {
  const curves = figures.map(({ how, latency }): Curve => {
    const [colour, dash] = LOOKS[how]
    return { name: waitName(how), colour, dash, distribution: latency }
  })
  return percentileView(name, 'time until durable', waitReading(figures), curves)
}

function waitReading(figures: readonly LatencyFigure[]): string {
  const bare = figures.find(({ how }) => how === 'bare')?.latency.p50
  const waits = figures.filter(({ how, latency }) => how !== 'bare' && how !== 'bare-page' && latency.p50 !== null)
  const [fastest] = waits.toSorted((a, b) => a.latency.p50!.median - b.latency.p50!.median)
  if (fastest === undefined) return 'The bare loops show what the disk alone takes; lower is better.'
  const own = fastest.latency.p50!
  const text = `With ${waitName(fastest.how)} half of the records were durable within ${medianOf(own, TIME)}`
  if (!bare) return `${text}; lower is better.`
  return `${text}, ${quantity(own.median / bare.median, TIMES)} what the bare write and fdatasync took.`
}

function policyView(name: string, figures: readonly LatencyFigure[]): View | null {
  const curves = figures.map(({ policy, latency }): Curve => {
    return { name: policy, colour: policyColour(policy), dash: 'solid', distribution: latency }
  })
  const medians = figures.map(({ policy, latency }) => `${medianOf(latency.p50, TIME)} under ${policy}`)
  return percentileView(
    name,
    'time until durable',
    `Half of the records were durable within ${medians.join(', ')}.`,
    curves,
  )
}

export function openLoopPlots({ openLoop }: BenchResult): Plot[] {
  const views = grouped(openLoop, ({ policy, size }) => `${policy}, ${sizeOf(size)}`).map(([name, figures]) => {
    const rates = distinct(figures.map(({ rate }) => rate)).toSorted((a, b) => a - b)
    const colours = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const
    const curves = figures.flatMap(({ rate, accepted, durable }) => {
      const colour = colours[rates.indexOf(rate) % colours.length]!
      const planned = `${quantity(rate, COUNT)}/s`
      return [
        { name: `durable, ${planned}`, colour, dash: 'solid', distribution: durable } as const,
        { name: `accepted, ${planned}`, colour, dash: 'dashed', distribution: accepted } as const,
      ]
    })
    const busiest = figures.find(({ rate }) => rate === rates.at(-1))!
    const times = [busiest.accepted, busiest.durable].map(({ p99 }) => medianOf(p99, TIME))
    const reading = `At ${quantity(busiest.rate, COUNT)} planned records a second, 99 of 100 were accepted within ${times[0]} of their time, and durable within ${times[1]}.`
    return percentileView(name, 'time from the plan', reading, curves)
  })
  return [
    { id: 'open-loop', title: 'At a fixed rate, from the planned time', views: views.filter((view) => view !== null) },
  ]
}
