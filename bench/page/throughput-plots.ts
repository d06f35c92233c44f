import { BYTES, COUNT, MB_RATE, medianOf, quantity, sizeOf, TIMES, type Unit } from '../report/format.ts'
import type { BenchResult, ThroughputFigure } from '../result.ts'
import type { Spread } from '../statistics.ts'
import { linearAxis, logAxis, sizeAxis } from './axis.ts'
import { distinct, grouped } from './grouped.ts'
import { ENCODINGS } from './names.ts'
import { type Plot, policyColour, type View } from './plot.ts'
import { barsView, linesView, type SpreadSeries } from './spread-view.ts'

export function throughputPlots({ throughput }: BenchResult): Plot[] {
  const alone = throughput.filter(({ producers, encoding }) => producers === 1 && encoding === 'bytes')
  const isCurve = distinct(alone.map(({ size }) => size)).length > 1
  const encodings = grouped(
    throughput.filter(({ producers }) => producers === 1),
    ({ size }) => sizeOf(size),
  ).filter(([, figures]) => distinct(figures.map(({ encoding }) => encoding)).length > 1)
  return [
    { id: 'throughput-size', title: 'Throughput by record size', views: isCurve ? sizeViews(alone) : [] },
    { id: 'throughput-encoding', title: 'Throughput by encoding', views: encodings.map(encodingView) },
  ]
}

function sizeViews(figures: readonly ThroughputFigure[]): View[] {
  const bytes = (figure: ThroughputFigure): Spread => figure.fileMBPerSecond
  const records = (figure: ThroughputFigure): Spread => figure.recordsPerSecond
  const share = (figure: ThroughputFigure): Spread => figure.ratioToBareAlike
  return [
    sizeView('in bytes', 'bytes of the file a second', MB_RATE, withCeiling(figures, bytes), bytesReading(figures)),
    sizeView('in records', 'records a second', COUNT, withCeiling(figures, records), recordsReading(figures)),
    sizeView(
      'share of the bare loop',
      'share of a bare loop with the same writes',
      TIMES,
      byPolicy(figures, share),
      shareReading(figures),
    ),
  ]
}

function sizeView(
  name: string,
  title: string,
  unit: Unit,
  series: readonly SpreadSeries<number>[],
  reading: string,
): View {
  return linesView({ name, reading }, series, unit, (xs, ys) => ({
    x: sizeAxis('payload of a record', xs, BYTES),
    y: unit === COUNT ? logAxis(title, ys, unit) : linearAxis(title, ys, unit),
  }))
}

function byPolicy(
  figures: readonly ThroughputFigure[],
  of: (figure: ThroughputFigure) => Spread,
): SpreadSeries<number>[] {
  return grouped(figures, ({ policy }) => policy).map(([policy, own]) => ({
    name: policy,
    colour: policyColour(own[0]!.policy),
    figures: own.map((figure) => [figure.size, of(figure)]),
  }))
}

/** What the bare loop in 1 MiB would come to in the same measure: the log's own figure by its share of that loop. */
function withCeiling(
  figures: readonly ThroughputFigure[],
  of: (figure: ThroughputFigure) => Spread,
): SpreadSeries<number>[] {
  const ceiling = grouped(figures, ({ size }) => String(size)).map(([, own]) => {
    const bare = own.map((figure) => of(figure).median / figure.ratioToBareMiB.median).toSorted((a, b) => a - b)
    return [own[0]!.size, { median: bare[bare.length >> 1]!, min: bare[0]!, max: bare.at(-1)! }] as const
  })
  return [
    ...byPolicy(figures, of),
    { name: 'bare loop, 1 MiB a sync', colour: 'grey', dash: 'dashed', figures: ceiling },
  ]
}

function bytesReading(figures: readonly ThroughputFigure[]): string {
  const best = highest(figures, ({ fileMBPerSecond }) => fileMBPerSecond.median)
  const rate = medianOf(best.fileMBPerSecond, MB_RATE)
  return `The most is ${rate} of the file, with records of ${sizeOf(best.size)} under ${best.policy}; the dashed line is the disk without a log.`
}

function recordsReading(figures: readonly ThroughputFigure[]): string {
  const best = highest(figures, ({ recordsPerSecond }) => recordsPerSecond.median)
  const rate = medianOf(best.recordsPerSecond, COUNT)
  return `One producer makes up to ${rate} records a second durable, of ${sizeOf(best.size)} under ${best.policy}.`
}

function shareReading(figures: readonly ThroughputFigure[]): string {
  const large = figures.filter(({ size }) => size >= 1024)
  const worst = highest(large.length > 0 ? large : figures, ({ ratioToBareAlike }) => -ratioToBareAlike.median)
  const share = quantity(worst.ratioToBareAlike.median, TIMES)
  const which = large.length > 0 ? 'From 1 KiB up, the log' : 'The log'
  return `${which} keeps at least ${share} of what a bare loop writes in as large writes with as many syncs.`
}

function encodingView([size, figures]: readonly [string, ThroughputFigure[]]): View {
  const series = grouped(figures, ({ policy }) => policy).map(([policy, own]): SpreadSeries<string> => {
    const { policy: name } = own[0]!
    const bars = own.map(({ encoding, recordsPerSecond }) => [ENCODINGS[encoding], recordsPerSecond] as const)
    return { name: policy, colour: policyColour(name), figures: bars }
  })
  const best = highest(figures, ({ recordsPerSecond }) => recordsPerSecond.median)
  const rate = medianOf(best.recordsPerSecond, COUNT)
  const reading = `Records of ${size}, one producer: the most is ${rate} a second, as ${ENCODINGS[best.encoding]} under ${best.policy}.`
  return barsView({ name: size, reading }, series, COUNT, { title: 'durable records a second', scale: 'linear' })
}

function highest<T>(values: readonly T[], of: (value: T) => number): T {
  return values.toSorted((a, b) => of(b) - of(a))[0]!
}
