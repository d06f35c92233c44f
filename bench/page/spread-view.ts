import { medianOf, spreadOf, type Unit } from '../report/format.ts'
import type { Spread } from '../statistics.ts'
import { barAxis } from './axis.ts'
import { distinct } from './grouped.ts'
import type { Bar, BarsView, Colour, LinesView, Point, Series } from './plot.ts'

/** Figures under a name, each with where it stands: on an axis, or among the categories. */
export interface SpreadSeries<At> {
  readonly name: string
  readonly colour: Colour
  readonly dash?: 'solid' | 'dashed' | 'dotted'
  readonly figures: readonly (readonly [at: At, spread: Spread])[]
}

/** Lines through medians; `axes` are made from the figures that there are. */
export function linesView(
  about: Pick<LinesView, 'name' | 'reading'>,
  series: readonly SpreadSeries<number>[],
  unit: Unit,
  axes: (xs: readonly number[], ys: readonly number[]) => Pick<LinesView, 'x' | 'y'>,
): LinesView {
  const drawn = series.map((one) => ({ ...shown(one), points: linePoints(one.figures, unit) }))
  const points = drawn.flatMap((one) => one.points)
  const { x, y } = axes(
    points.map((point) => point.x),
    points.flatMap((point) => [point.min ?? point.y, point.max ?? point.y]),
  )
  return { kind: 'lines', ...about, x, y, series: drawn }
}

/** Bars of medians. */
export function barsView(
  about: Pick<BarsView, 'name' | 'reading'>,
  series: readonly SpreadSeries<string>[],
  unit: Unit,
  axis: { readonly title: string; readonly scale: 'linear' | 'log' | 'fitting' },
  categories: readonly string[] = distinct(series.flatMap((one) => one.figures.map(([category]) => category))),
): BarsView {
  const drawn = series.map((one) => ({ ...shown(one), points: barsAt(categories, one.figures, unit) }))
  const values = drawn.flatMap((one) =>
    one.points.flatMap((bar) => (bar === null ? [] : [bar.value, bar.min, bar.max])),
  )
  const x = barAxis(axis.title, values, unit, axis.scale)
  return { kind: 'bars', ...about, x, categories, series: drawn }
}

function shown<At>({ name, colour, dash = 'solid' }: SpreadSeries<At>): Omit<Series<never>, 'points'> {
  return { name, colour, dash }
}

function linePoints(figures: readonly (readonly [number, Spread])[], unit: Unit): Point[] {
  const ascending = figures.toSorted(([a], [b]) => a - b)
  return ascending.map(([x, spread]) => {
    const { median, min, max } = spread
    return { x, y: median, min, max, label: spreadOf(spread, unit) }
  })
}

function barsAt(
  categories: readonly string[],
  figures: readonly (readonly [string, Spread])[],
  unit: Unit,
): (Bar | null)[] {
  const byCategory = new Map(figures)
  return categories.map((category) => {
    const spread = byCategory.get(category)
    if (spread === undefined) return null
    const { median, min, max } = spread
    return { value: median, min, max, label: spreadOf(spread, unit), short: medianOf(spread, unit) }
  })
}
