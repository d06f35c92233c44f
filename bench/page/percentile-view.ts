import { percentileName, quantity, TIME } from '../report/format.ts'
import type { Distribution } from '../result.ts'
import { logAxis, percentileAxis, percentileX } from './axis.ts'
import type { Colour, LinesView, Point, Series } from './plot.ts'

/** A distribution under a name. */
export interface Curve {
  readonly name: string
  readonly colour: Colour
  readonly dash: 'solid' | 'dashed' | 'dotted'
  readonly distribution: Distribution
}

/** More would be drawn over one another, and make the page heavy. */
const POINTS_MAX = 120

/** Latency by percentile, both on scales that show the tail; null if no curve has a point. */
export function percentileView(
  name: string,
  yTitle: string,
  reading: string,
  curves: readonly Curve[],
): LinesView | null {
  const series = curves.map(curveSeries).filter(({ points }) => points.length > 0)
  const points = series.flatMap((one) => one.points)
  if (points.length === 0) return null
  const x = percentileAxis(Math.max(...points.map((point) => point.x)))
  const y = logAxis(
    yTitle,
    points.map((point) => point.y),
    TIME,
  )
  return { kind: 'lines', name, reading, x, y, series }
}

function curveSeries({ name, colour, dash, distribution }: Curve): Series<Point> {
  return { name, colour, dash, points: thinned(curvePoints(distribution)) }
}

/** The slowest sample of n is the one at 1 - 1/n: a log scale has no place for 100 %. */
function curvePoints({ curve, samples }: Distribution): Point[] {
  const percentMax = 100 * (1 - 1 / Math.max(2, samples))
  return curve
    .filter(([, ns]) => ns > 0)
    .map(([percent, ns]) => {
      const x = percentileX(Math.min(percent, percentMax))
      return { x: rounded(x), y: rounded(ns), label: `${percentileName(percent)}: ${quantity(ns, TIME)}` }
    })
}

/** As many points as can be told apart, the last one in any case. */
function thinned(points: readonly Point[]): Point[] {
  const apart = (points.at(-1)?.x ?? 0) / POINTS_MAX
  const kept: Point[] = []
  for (const point of points) {
    const last = kept.at(-1)
    if (last === undefined || point.x - last.x >= apart) kept.push(point)
    else if (point === points.at(-1)) kept[kept.length - 1] = point
  }
  return kept
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
