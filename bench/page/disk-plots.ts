import { BYTES, COUNT, MB_RATE, medianOf, sizeOf, type Unit } from '../report/format.ts'
import type { BenchResult, DiskFigure } from '../result.ts'
import type { Spread } from '../statistics.ts'
import { logAxis, sizeAxis } from './axis.ts'
import { grouped } from './grouped.ts'
import { type Curve, percentileView } from './percentile-view.ts'
import type { Colour, Plot, View } from './plot.ts'
import { linesView, type SpreadSeries } from './spread-view.ts'

const COLOURS: Readonly<Record<DiskFigure['tool'], Colour>> = { node: 'c1', fio: 'c2' }
const DASHES: Readonly<Record<DiskFigure['file'], 'solid' | 'dashed'>> = { prefilled: 'solid', growing: 'dashed' }

/** The disk without a log: rates by batch size, and the time of a sync. */
export function diskPlots({ disk }: BenchResult): Plot[] {
  const byBatch = grouped(disk, ({ batchBytes }) => sizeOf(batchBytes))
  const latencies = byBatch.map(([name, figures]) => latencyView(name, figures)).filter((view) => view !== null)
  return [
    { id: 'disk-batch', title: 'The bare disk by batch size', views: byBatch.length > 1 ? batchViews(disk) : [] },
    { id: 'disk-latency', title: 'The bare disk: time of a write and its sync', views: latencies },
  ]
}

function batchViews(disk: readonly DiskFigure[]): View[] {
  const fastest = disk.toSorted((a, b) => b.MBPerSecond.median - a.MBPerSecond.median)[0]!
  const most = disk.toSorted((a, b) => b.syncsPerSecond.median - a.syncsPerSecond.median)[0]!
  const bytes = `${medianOf(fastest.MBPerSecond, MB_RATE)} with ${sizeOf(fastest.batchBytes)} a sync on a ${fastest.file} file`
  const syncs = `${medianOf(most.syncsPerSecond, COUNT)} a second with ${sizeOf(most.batchBytes)} each on a ${most.file} file`
  const [rate, often] = [`This disk takes at most ${bytes}.`, `This disk syncs at most ${syncs}.`]
  return [
    batchView('in bytes', rate, 'bytes a second', MB_RATE, disk, ({ MBPerSecond }) => MBPerSecond),
    batchView('in syncs', often, 'syncs a second', COUNT, disk, ({ syncsPerSecond }) => syncsPerSecond),
  ]
}

function batchView(
  name: string,
  reading: string,
  title: string,
  unit: Unit,
  disk: readonly DiskFigure[],
  of: (figure: DiskFigure) => Spread,
): View {
  const series = grouped(disk, nameOf).map(([name, own]): SpreadSeries<number> => {
    return { name, ...lookOf(own[0]!), figures: own.map((figure) => [figure.batchBytes, of(figure)]) }
  })
  return linesView({ name, reading }, series, unit, (xs, ys) => ({
    x: sizeAxis('bytes before each sync', xs, BYTES),
    y: logAxis(title, ys, unit),
  }))
}

function latencyView(name: string, figures: readonly DiskFigure[]): View | null {
  const curves = figures.map((figure): Curve => {
    return { name: nameOf(figure), ...lookOf(figure), distribution: figure.latency }
  })
  const reading = `Each line is a loop that writes ${name} and waits for fdatasync: no log on this disk can be faster alone.`
  return percentileView(name, 'time of write and sync', reading, curves)
}

function nameOf({ tool, file }: DiskFigure): string {
  return `${tool}, ${file} file`
}

function lookOf({ tool, file }: DiskFigure): Pick<Curve, 'colour' | 'dash'> {
  return { colour: COLOURS[tool], dash: DASHES[file] }
}
