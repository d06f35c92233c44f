import { percentileName, type Unit } from '../report/format.ts'
import type { Axis, Tick } from './plot.ts'

/** How far to the right a percentile stands: p90 at 1, p99 at 2, p99.9 at 3. */
export function percentileX(percent: number): number {
  return -Math.log10(1 - percent / 100)
}

const PERCENTILES = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999, 99.99999]

/** Percentiles spread out by the share of samples above them, so that the tail is as wide as the rest. */
export function percentileAxis(xMax: number): Axis {
  const max = Math.max(2, xMax)
  const all = PERCENTILES.map((percent) => ({ value: percentileX(percent), label: percentileName(percent) }))
  const ticks = all.filter(({ value }) => value <= max)
  return { title: 'percentile', scale: 'linear', min: 0, max, ticks }
}

/** From zero to a round figure above `values`. */
export function linearAxis(title: string, values: readonly number[], unit: Unit): Axis {
  const highest = Math.max(...values)
  const step = roundStep(highest > 0 ? highest / 4 : 1)
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9))
  const ticks = Array.from({ length: steps + 1 }, (_, at) => tick(at * step, unit))
  return { title, scale: 'linear', min: 0, max: steps * step, ticks }
}

/** From a round figure at or below `values` to one at or above; what is not above 0 has no place on it. */
export function logAxis(title: string, values: readonly number[], unit: Unit): Axis {
  const drawn = values.filter((value) => value > 0)
  const [lowest, highest] = drawn.length === 0 ? [1, 10] : [Math.min(...drawn), Math.max(...drawn)]
  const decades = Array.from({ length: 40 }, (_, at) => 10 ** (at - 20))
  const marks = decades.flatMap((decade) => [decade, 2 * decade, 5 * decade])
  const min = marks.findLast((mark) => mark <= lowest * (1 + 1e-9)) ?? lowest
  const max = marks.find((mark) => mark >= highest * (1 - 1e-9) && mark > min) ?? highest
  const shown = max / min > 300 ? decades : marks
  const ticks = shown.filter((mark) => mark >= min && mark <= max).map((mark) => tick(mark, unit))
  return { title: `${title} (log scale)`, scale: 'logarithmic', min, max, ticks }
}

/** For sizes in bytes: a tick for every power of four, which is where the sizes of records and batches lie. */
export function sizeAxis(title: string, sizes: readonly number[], unit: Unit): Axis {
  const [min, max] = [Math.min(...sizes), Math.max(...sizes)]
  const powers = Array.from({ length: 20 }, (_, at) => 4 ** at)
  const ticks = powers.filter((size) => size >= min && size <= max).map((size) => tick(size, unit))
  return { title: `${title} (log scale)`, scale: 'logarithmic', min, max: Math.max(max, min * 2), ticks }
}

/** A tick for each value that occurs, and none between: for numbers of threads. */
export function wholeAxis(title: string, values: readonly number[]): Axis {
  const [min, max] = [Math.min(...values), Math.max(...values)]
  const ticks = Array.from({ length: max - min + 1 }, (_, at) => ({ value: min + at, label: String(min + at) }))
  return { title, scale: 'linear', min: min - 0.2, max: max + 0.2, ticks }
}

/**
 * For bars. A bar on a log scale has no natural beginning: the axis starts a good way below the shortest, so that this
 * one is seen too.
 */
export function barAxis(
  title: string,
  values: readonly number[],
  unit: Unit,
  scale: 'linear' | 'log' | 'fitting',
): Axis {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  const isLog = scale === 'log' || (scale === 'fitting' && highest / lowest > 30)
  return isLog ? logAxis(title, [lowest / 3, highest], unit) : linearAxis(title, values, unit)
}

function tick(value: number, unit: Unit): Tick {
  return { value, label: tickText(value, unit) }
}

/** "1 µs" where a figure would be "1.00 µs": a tick is exact. */
function tickText(value: number, unit: Unit): string {
  const multiple = unit.findLast(({ of }) => Math.abs(value) >= of * (1 - 1e-9)) ?? unit[0]!
  if (value === 0) return '0'
  return `${Number((value / multiple.of).toPrecision(3)).toLocaleString('en-US')}${multiple.suffix}`
}

/** 1, 2 or 5 times a power of ten, at or above `size`. */
function roundStep(size: number): number {
  const decade = 10 ** Math.floor(Math.log10(size))
  return [1, 2, 5, 10].map((times) => times * decade).find((step) => step >= size * (1 - 1e-9))!
}
