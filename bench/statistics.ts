import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import type { Distribution } from './result.ts'

/** A figure over the runs. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws Error if there is no value */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) throw new Error('a spread of no values')
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min, max }
}

/** The spread of one figure of each run. @throws Error if there was no run */
export function spreadOf<Run>(runs: readonly Run[], figure: (run: Run) => number): Spread {
  return spread(runs.map(figure))
}

/** The durations of one run: an HDR histogram as other tools read it, compressed, in base64. */
export type Recording = string

/** Counts durations from 1 ns to 100 s, each kept to three digits. */
export class Durations {
  private readonly histogram: Histogram = emptyHistogram()

  /** Two readings of `performance.now()`. */
  record(startedMs: number, endedMs: number): void {
    this.histogram.recordValue(Math.max(1, Math.round((endedMs - startedMs) * 1e6)))
  }

  get count(): number {
    return this.histogram.totalCount
  }

  recording(): Recording {
    return encodeIntoCompressedBase64(this.histogram)
  }
}

/** With fewer samples above it, a percentile tells of nothing but the luck of the slowest ones. */
const SAMPLES_ABOVE_MIN = 5
/** Points of a curve from one nine to the next. */
const POINTS_PER_NINE = 10
const NINES = 5

/**
 * What the runs of one measurement come to. A percentile is the spread over those runs that have samples enough for it; if
 * none has, but all together do, it is that of all together, without a spread.
 */
export function distributionOf(recordings: readonly Recording[]): Distribution {
  const runs = recordings.map((recording) => decodeFromCompressedBase64(recording))
  const merged = emptyHistogram()
  for (const run of runs) merged.add(run)
  const over = (percent: number): Spread | null => {
    const known = runs.filter((run) => isBorneOut(run, percent))
    if (known.length > 0) return spread(known.map((run) => run.getValueAtPercentile(percent)))
    return isBorneOut(merged, percent) ? spread([merged.getValueAtPercentile(percent)]) : null
  }
  return {
    samples: merged.totalCount,
    p50: over(50),
    p99: over(99),
    p999: over(99.9),
    max: merged.maxValue,
    curve: curveOf(merged),
  }
}

/** From 0 on in steps that grow smaller by the same factor, so that every nine has as many. */
function curveOf(histogram: Histogram): [number, number][] {
  const curve: [number, number][] = []
  for (let step = 0; step <= NINES * POINTS_PER_NINE; step++) {
    const percent = 100 * (1 - 10 ** (-step / POINTS_PER_NINE))
    if (!isBorneOut(histogram, percent)) break
    curve.push([Number(percent.toFixed(NINES)), histogram.getValueAtPercentile(percent)])
  }
  return curve
}

function isBorneOut({ totalCount }: Histogram, percent: number): boolean {
  // A median of few samples is still one; 99 % of exactly 500 must not fail for the last digit of a double.
  const above = totalCount * (1 - percent / 100) + 1e-6
  return totalCount > 0 && (percent <= 50 || above >= SAMPLES_ABOVE_MIN)
}

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e11,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
  })
}
