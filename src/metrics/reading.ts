/** What a log, or anything else, tells a monitor at one moment: independent of how it is written down. */
export type Reading = PlainReading | HistogramReading

interface ReadingFacts {
  /** As Prometheus allows it, with its unit, and `_total` behind a counter's. */
  readonly name: string
  /** One line for people. */
  readonly help: string
}

/** A counter only rises while the log is open, and begins at 0 when it is opened; a gauge goes both ways. */
export interface PlainReading extends ReadingFacts {
  readonly type: 'counter' | 'gauge'
  /** One for each set of labels; none where there is nothing to be told. */
  readonly samples: readonly Sample<number>[]
}

export interface HistogramReading extends ReadingFacts {
  readonly type: 'histogram'
  readonly samples: readonly Sample<HistogramValue>[]
}

export type Labels = Readonly<Record<string, string>>

export interface Sample<Value> {
  readonly labels: Labels
  readonly value: Value
}

export interface HistogramValue {
  /** Upper bounds of the buckets, inclusive, rising; without that of the last bucket, which has none. */
  readonly bounds: readonly number[]
  /** How many fell into each bucket, and into no lower one: one more than there are bounds. */
  readonly counts: readonly number[]
  readonly sum: number
}
