import { COUNT, count, medianOf, plural, quantity, TIME, type Unit } from '../report/format.ts'
import type { BenchResult, LifetimeFigure, ThroughputFigure } from '../result.ts'
import type { Spread } from '../statistics.ts'
import { linearAxis, logAxis, wholeAxis } from './axis.ts'
import { distinct, grouped } from './grouped.ts'
import { encodingName } from './names.ts'
import { type Plot, policyColour, type View } from './plot.ts'
import { linesView, type SpreadSeries } from './spread-view.ts'

const MIB: Unit = [{ of: 1, suffix: ' MiB' }]

/** What more threads bring, and what a long life costs. */
export function scalingPlots({ throughput, lifetime }: BenchResult): Plot[] {
  const producers = grouped(throughput, ({ encoding, size }) => encodingName(encoding, size))
    .filter(([, figures]) => distinct(figures.map((figure) => figure.producers)).length > 1)
    .map(([name, figures]) => producerView(name, figures))
  const isCurve = lifetime.length > 1
  return [
    { id: 'producers', title: 'Throughput by number of producers', views: producers },
    { id: 'lifetime', title: 'Cost of a record while the log grows', views: isCurve ? [costView(lifetime)] : [] },
    { id: 'memory', title: 'Resident memory while the log grows', views: isCurve ? [memoryView(lifetime)] : [] },
  ]
}

function producerView(name: string, figures: readonly ThroughputFigure[]): View {
  const series = grouped(figures, ({ policy }) => policy).map(([policy, own]): SpreadSeries<number> => {
    const points = own.map(({ producers, recordsPerSecond }) => [producers, recordsPerSecond] as const)
    return { name: policy, colour: policyColour(own[0]!.policy), figures: points }
  })
  const { policy } = figures[0]!
  const sums = figures
    .filter((figure) => figure.policy === policy)
    .map(
      ({ producers, recordsPerSecond }) => `${medianOf(recordsPerSecond, COUNT)} by ${plural(producers, 'producer')}`,
    )
  const reading = `Records a second in sum, under ${policy}: ${sums.join(', ')}.`
  return linesView({ name, reading }, series, COUNT, (xs, ys) => ({
    x: wholeAxis('threads that append', xs),
    y: linearAxis('durable records a second, in sum', ys, COUNT),
  }))
}

function costView(figures: readonly LifetimeFigure[]): View {
  const medians = figures.map(({ nsPerRecord }) => nsPerRecord.median)
  const [lowest, highest] = [Math.min(...medians), Math.max(...medians)]
  const apart = Math.round((highest / lowest - 1) * 100)
  const cost = `the cost of an append lies between ${quantity(lowest, TIME)} and ${quantity(highest, TIME)}, ${apart} % apart`
  const reading = `From ${span(figures)} records in the log, ${cost}.`
  const series: SpreadSeries<number>[] = [
    { name: 'append, calling thread', colour: 'c1', figures: over(figures, ({ nsPerRecord }) => nsPerRecord) },
    { name: 'until durable, at full speed', colour: 'c2', figures: over(figures, ({ fillNs }) => fillNs) },
  ]
  return overRecords('cost', reading, 'time a record', TIME, series)
}

function memoryView(figures: readonly LifetimeFigure[]): View {
  const [first, last] = [figures[0]!, figures.at(-1)!]
  const sizes = [first, last].map(({ rssMiB }) => count(rssMiB.median))
  const reading = `The process holds ${sizes[0]} MiB at the start and ${sizes[1]} MiB at the end.`
  const title = 'resident memory'
  const memory = over(figures, ({ rssMiB }) => rssMiB)
  return overRecords('memory', reading, title, MIB, [{ name: title, colour: 'c4', figures: memory }])
}

function overRecords(
  name: string,
  reading: string,
  title: string,
  unit: Unit,
  series: readonly SpreadSeries<number>[],
): View {
  const known = series.filter((one) => one.figures.length > 0)
  return linesView({ name, reading }, known, unit, (xs, ys) => ({
    x: logAxis('records in the log', xs, COUNT),
    y: linearAxis(title, ys, unit),
  }))
}

function over(
  figures: readonly LifetimeFigure[],
  of: (figure: LifetimeFigure) => Spread | undefined,
): (readonly [number, Spread])[] {
  return figures.flatMap((figure) => {
    const spread = of(figure)
    return spread === undefined ? [] : [[figure.records, spread] as const]
  })
}

function span(figures: readonly LifetimeFigure[]): string {
  const records = figures.map((figure) => figure.records)
  return `${quantity(Math.min(...records), COUNT)} to ${quantity(Math.max(...records), COUNT)}`
}
