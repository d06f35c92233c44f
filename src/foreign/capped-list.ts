/** What is told of a file of any size: the first items are kept, all are counted. */
export class CappedList<T> {
  readonly items: T[] = []
  /** How many there were. */
  total = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: T): void {
    this.total++
    if (this.items.length < this.#limit) this.items.push(item)
  }
}

/** What was kept in words and, where not all was, a line that says how much more there was. */
export function listedTexts<T>(list: CappedList<T>, describe: (item: T) => string): string[] {
  const texts = list.items.map(describe)
  const left = list.total - texts.length
  if (left > 0) texts.push(`… and ${left} more`)
  return texts
}
