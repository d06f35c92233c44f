/**
 * What the page draws, as plain data. All that there is to decide and to compute is done here, in Node: the script in
 * the page only hands it to the plotting library. Every text that a reader may see comes with its unit.
 */
export interface Plot {
  /** Short and stable: it is part of the canvas's id. */
  readonly id: string
  readonly title: string
  /** One is shown, the reader picks; never empty. */
  readonly views: readonly View[]
}

export type View = LinesView | BarsView

export interface LinesView {
  readonly kind: 'lines'
  /** What tells it from the plot's other views: "128 B, always". */
  readonly name: string
  /** One sentence: what is there to see. */
  readonly reading: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series<Point>[]
}

/** Lying bars, grouped by category. */
export interface BarsView {
  readonly kind: 'bars'
  readonly name: string
  readonly reading: string
  readonly x: Axis
  readonly categories: readonly string[]
  /** A bar for each category; null where there is none. */
  readonly series: readonly Series<Bar | null>[]
}

export interface Series<P> {
  readonly name: string
  readonly colour: Colour
  readonly dash: 'solid' | 'dashed' | 'dotted'
  readonly points: readonly P[]
}

export interface Point {
  readonly x: number
  readonly y: number
  /** In words, for who points at it: "p99.9: 12 µs". */
  readonly label: string
  /** Of the runs, of which `y` is the median; a curve has none. */
  readonly min?: number
  readonly max?: number
}

export interface Bar {
  readonly value: number
  readonly min: number
  readonly max: number
  readonly label: string
  /** The value alone, to stand at the bar's end. */
  readonly short: string
}

export interface Axis {
  /** With the unit, unless the ticks bear it. */
  readonly title: string
  readonly scale: 'linear' | 'logarithmic'
  readonly min: number
  readonly max: number
  readonly ticks: readonly Tick[]
}

export interface Tick {
  readonly value: number
  readonly label: string
}

/** Names of custom properties of the style sheet, which has them for light and for dark. */
export type Colour = 'c1' | 'c2' | 'c3' | 'c4' | 'c5' | 'c6' | 'grey' | 'faint'

const COLOURS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const
const POLICY_COLOURS = { always: 'c1', interval: 'c2', never: 'c3' } as const

export function colourAt(index: number): Colour {
  return COLOURS[index % COLOURS.length]!
}

/** The same in every plot. */
export function policyColour(policy: keyof typeof POLICY_COLOURS): Colour {
  return POLICY_COLOURS[policy]
}
