/** Numbers as ranges, both ends included: some ranges stand for very many numbers. */
export type Range = readonly [from: number, to: number]

/** A set of positive integers. */
export class NumberRanges {
  /** Rising, and none next to another. */
  readonly ranges: readonly Range[]

  /** @param ranges in any order; they may overlap */
  constructor(ranges: readonly Range[]) {
    const joined: [number, number][] = []
    for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
      const last = joined.at(-1)
      if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
      else joined.push([from, to])
    }
    this.ranges = joined
  }

  static of(numbers: Iterable<number>): NumberRanges {
    return new NumberRanges([...numbers].map((number) => [number, number]))
  }

  has(number: number): boolean {
    return this.ranges.some(([from, to]) => from <= number && number <= to)
  }

  hasAll(others: NumberRanges): boolean {
    return others.ranges.every(([from, to]) => this.ranges.some((own) => own[0] <= from && to <= own[1]))
  }

  with(others: NumberRanges): NumberRanges {
    return new NumberRanges([...this.ranges, ...others.ranges])
  }

  without(numbers: Iterable<number>): NumberRanges {
    const ranges: Range[] = [...this.ranges]
    for (const number of numbers) {
      const at = ranges.findIndex(([from, to]) => from <= number && number <= to)
      if (at < 0) continue
      const [from, to] = ranges[at]!
      const around: Range[] = [
        [from, number - 1],
        [number + 1, to],
      ]
      ranges.splice(at, 1, ...around.filter(([low, high]) => low <= high))
    }
    return new NumberRanges(ranges)
  }
}
