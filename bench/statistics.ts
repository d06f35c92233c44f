import { build, type Histogram } from 'hdr-histogram-js'

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

/** The spread over those runs that have the figure; null if none has. */
export function spreadOfKnown(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : spread(known)
}

/** Durations in nanoseconds. A percentile that too few samples bear out is null. */
export interface Percentiles {
  readonly samples: number
  readonly p50: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number
}

/** Counts durations from 1 ns to 100 s, each kept to three digits. */
export class Durations {
  private readonly histogram: Histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e11,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
  })

  /** Two readings of `performance.now()`. */
  record(startedMs: number, endedMs: number): void {
    this.histogram.recordValue(Math.max(1, Math.round((endedMs - startedMs) * 1e6)))
  }

  get count(): number {
    return this.histogram.totalCount
  }

  percentiles(): Percentiles {
    const { histogram } = this
    const samples = histogram.totalCount
    const at = (percent: number, samplesMin: number): number | null =>
      samples >= samplesMin ? histogram.getValueAtPercentile(percent) : null
    // With fewer than five samples above it, a percentile tells of nothing but the luck of the slowest ones.
    return { samples, p50: at(50, 1), p99: at(99, 500), p999: at(99.9, 5000), max: histogram.maxValue }
  }
}
