import { COUNT, medianOf, plural, quantity, sizeOf, TIME, type Unit } from '../report/format.ts'
import type { BenchResult, MicroFigure, OpeningFigure, ReadingFigure } from '../result.ts'
import type { Spread } from '../statistics.ts'
import { grouped } from './grouped.ts'
import type { Plot, View } from './plot.ts'
import { barsView } from './spread-view.ts'

const GB_RATE: Unit = [{ of: 1, suffix: ' GB/s' }]
const MS: Unit = [{ of: 1, suffix: ' ms' }]

export function readingPlots({ reading, opening }: BenchResult): Plot[] {
  const views = reading.length === 0 ? [] : readingViews(reading)
  return [
    { id: 'reading', title: 'Verify, read and replay', views },
    { id: 'opening', title: 'Opening a log', views: opening.length === 0 ? [] : [openingView(opening)] },
  ]
}

export function microPlots({ micro }: BenchResult): Plot[] {
  const views = grouped(micro, ({ group }) => group).map(([name, figures]) => microView(name, figures))
  return [{ id: 'micro', title: 'Single operations', views }]
}

function readingViews(figures: readonly ReadingFigure[]): View[] {
  const byRecords = figures.toSorted((a, b) => b.recordsPerSecond.median - a.recordsPerSecond.median)[0]!
  const byBytes = figures.toSorted((a, b) => b.GBPerSecond.median - a.GBPerSecond.median)[0]!
  const bytes = `The fastest takes ${medianOf(byBytes.GBPerSecond, GB_RATE)}: ${nameOf(byBytes)}.`
  const records = `The fastest takes ${medianOf(byRecords.recordsPerSecond, COUNT)} records a second: ${nameOf(byRecords)}.`
  return [
    readingView('in bytes', bytes, 'bytes of the log a second', GB_RATE, figures, ({ GBPerSecond }) => GBPerSecond),
    readingView('in records', records, 'records a second', COUNT, figures, ({ recordsPerSecond }) => recordsPerSecond),
  ]
}

function readingView(
  name: string,
  reading: string,
  title: string,
  unit: Unit,
  figures: readonly ReadingFigure[],
  of: (figure: ReadingFigure) => Spread,
): View {
  const bars = figures.map((figure) => [nameOf(figure), of(figure)] as const)
  return barsView({ name, reading }, [{ name: title, colour: 'c1', figures: bars }], unit, { title, scale: 'linear' })
}

function nameOf({ what, workers }: ReadingFigure): string {
  return `${what}, ${plural(workers, 'worker')}`
}

function openingView(figures: readonly OpeningFigure[]): View {
  const bars = figures.map((figure) => [openingName(figure), figure.milliseconds] as const)
  const slowest = figures.toSorted((a, b) => b.milliseconds.median - a.milliseconds.median)[0]!
  const reading = `The slowest takes ${medianOf(slowest.milliseconds, MS)}: ${openingName(slowest)}.`
  const title = 'time to open'
  return barsView({ name: 'time', reading }, [{ name: title, colour: 'c1', figures: bars }], MS, {
    title,
    scale: 'linear',
  })
}

function openingName({ after, logBytes }: OpeningFigure): string {
  return `${sizeOf(logBytes)} after ${after}`
}

function microView(name: string, figures: readonly MicroFigure[]): View {
  const bars = figures.map((figure) => [figure.name, figure.nsPerOperation] as const)
  const fastest = figures.toSorted((a, b) => a.nsPerOperation.median - b.nsPerOperation.median)[0]!
  const reading = `The shortest is ${fastest.name}, with ${quantity(fastest.nsPerOperation.median, TIME)}.`
  const title = 'time of one operation'
  return barsView({ name, reading }, [{ name: title, colour: 'c1', figures: bars }], TIME, { title, scale: 'fitting' })
}
