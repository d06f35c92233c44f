import type { HistogramValue, PlainReading, Reading, Sample } from './reading.ts'

/** One of the series that a histogram is told by. */
export interface HistogramSeries extends Sample<number> {
  readonly suffix: '_bucket' | '_sum' | '_count'
}

/** Buckets are cumulative there: each counts all that is at or below its bound, `le`. */
export function histogramSeries({ labels, value }: Sample<HistogramValue>): readonly HistogramSeries[] {
  const { bounds, counts, sum } = value
  let total = 0
  const buckets = counts.map((count, i): HistogramSeries => {
    total += count
    return { suffix: '_bucket', labels: { ...labels, le: formatValue(bounds[i] ?? Infinity) }, value: total }
  })
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }]
}

/** Readings for whom there are only counters and gauges. */
export function plainReadings(readings: readonly Reading[]): readonly PlainReading[] {
  return readings.flatMap((reading) => {
    if (reading.type !== 'histogram') return [reading]
    const series = reading.samples.flatMap(histogramSeries)
    return (['_bucket', '_sum', '_count'] as const).map((suffix): PlainReading => {
      const samples = series.filter((one) => one.suffix === suffix).map(({ labels, value }) => ({ labels, value }))
      return { name: reading.name + suffix, help: reading.help, type: 'counter', samples }
    })
  })
}

export function formatValue(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
