/**
 * Values under two names, an account and an instrument or currency, and the routing key of the records that made them. Maps
 * inside each other, as a lookup in both is cheaper than joining the names, and no pair of names can be taken for another.
 *
 * The key is a part of the identity, so that a record changes only what stands under its own key: then what the threads of
 * a replay make together does not depend on how many they are, whatever keys a log was written with. Almost always there is
 * one key to a pair of names.
 */
export class KeyedPairs<T extends { readonly key: number }> {
  private readonly rows = new Map<string, Map<string, T[]>>()

  get(first: string, second: string, key: number): T | undefined {
    const values = this.rows.get(first)?.get(second)
    if (values === undefined || values[0]!.key === key) return values?.[0]
    return values.find((value) => value.key === key)
  }

  /** Puts a value in, or in the place of the one with its key. */
  set(first: string, second: string, value: T): void {
    let row = this.rows.get(first)
    if (row === undefined) {
      row = new Map()
      this.rows.set(first, row)
    }
    const values = row.get(second)
    const place = values?.findIndex(({ key }) => key === value.key) ?? 0
    if (values === undefined) row.set(second, [value])
    else if (place < 0) values.push(value)
    else values[place] = value
  }

  /** In no particular order. */
  *entries(): Generator<[first: string, second: string, value: T]> {
    for (const [first, row] of this.rows) {
      for (const [second, values] of row) for (const value of values) yield [first, second, value]
    }
  }

  /** In the order of the UTF-16 units of their names, then of their keys, whatever the order in which they came. */
  *sorted(): Generator<[first: string, second: string, value: T]> {
    for (const first of [...this.rows.keys()].sort()) {
      const row = this.rows.get(first)!
      for (const second of [...row.keys()].sort()) {
        for (const value of row.get(second)!.toSorted((a, b) => a.key - b.key)) yield [first, second, value]
      }
    }
  }

  /** How many pairs of names have values under more than one key. */
  get splits(): number {
    let splits = 0
    for (const row of this.rows.values()) {
      for (const values of row.values()) if (values.length > 1) splits++
    }
    return splits
  }
}
