import type { FioLatency } from '../measure/fio.ts'
import type { Distribution } from '../result.ts'
import { type Spread, spread } from '../statistics.ts'

/** As for the HDR histograms: with fewer samples above it a percentile is not shown. */
const SAMPLES_ABOVE_MIN = 5

/** fio gives percentiles and no histogram: the curve is the median of the runs at each of them. */
export function fioDistribution(runs: readonly FioLatency[]): Distribution {
  const percents = runs[0]?.percentiles.map(([percent]) => percent) ?? []
  const points = percents.map((percent) => [percent, over(runs, percent)] as const)
  const known = points.filter((point): point is readonly [number, Spread] => point[1] !== null)
  return {
    samples: runs.reduce((sum, { samples }) => sum + samples, 0),
    p50: over(runs, 50),
    p99: over(runs, 99),
    p999: over(runs, 99.9),
    max: Math.max(...runs.map(({ maxNs }) => maxNs)),
    curve: known.map(([percent, { median }]) => [percent, median] as const),
  }
}

function over(runs: readonly FioLatency[], percent: number): Spread | null {
  const values = runs.map((run) => at(run, percent)).filter((ns) => ns !== undefined)
  return values.length === 0 ? null : spread(values)
}

function at({ samples, percentiles }: FioLatency, percent: number): number | undefined {
  if (percent > 50 && samples * (1 - percent / 100) < SAMPLES_ABOVE_MIN) return undefined
  return percentiles.find(([one]) => one === percent)?.[1]
}
