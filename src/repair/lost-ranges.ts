import type { DamageClass } from '../read/damage.ts'

/** LSNs of records that are gone. */
export interface LostRange {
  /** First and last. `from` is 0 where it can not be known how far back, `to` 0 where it can not be known how far on. */
  readonly from: number
  readonly to: number
  /** Whether it is proven that records there were durable, so that the application may have been told. */
  readonly acknowledged: boolean
  /** The file where they stood, the place in it and why they are lost; `dropped`: somebody asked for it. */
  readonly segment: string
  readonly offset: number
  readonly bytes: number
  readonly class: DamageClass | 'dropped'
}

/** Ranges, of which a bounded number is kept. Plain data, for other threads. */
export interface LostSummary {
  /** How many LSNs, as far as that is known. */
  lsns: number
  /** The first LOST_RANGES_MAX of them, in their order. */
  readonly ranges: LostRange[]
  /** How many more there were. */
  omitted: number
}

/** A hostile file can have a damaged place at every few bytes. */
const LOST_RANGES_MAX = 10_000

export function noneLost(): LostSummary {
  return { lsns: 0, ranges: [], omitted: 0 }
}

export function addLost(summary: LostSummary, range: LostRange): void {
  if (range.from > 0 && range.to > 0) summary.lsns += range.to - range.from + 1
  if (summary.ranges.length < LOST_RANGES_MAX) summary.ranges.push(range)
  else summary.omitted++
}

/** Puts one summary behind another. */
export function addSummary(summary: LostSummary, further: LostSummary): void {
  for (const range of further.ranges) {
    if (summary.ranges.length < LOST_RANGES_MAX) summary.ranges.push(range)
    else summary.omitted++
  }
  summary.omitted += further.omitted
  summary.lsns += further.lsns
}
