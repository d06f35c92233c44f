/** How long the event loop may wait for a turn, in milliseconds. */
const TURN_MS = 15
/** Items between two looks at the clock. */
const ITEMS = 64

/** Lets a long loop give the event loop its turns. */
export class Turns {
  #items = 0
  #since: number = performance.now()

  /** Whether it is time for one; to be asked once for each item. */
  isDue(): boolean {
    if (++this.#items % ITEMS !== 0) return false
    return performance.now() - this.#since >= TURN_MS
  }

  async give(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#since = performance.now()
  }
}

/** Hands items on, with turns between them. `undefined` is a place to pause, and is not handed on. */
export async function* inTurns<T extends object>(items: Iterable<T | undefined>): AsyncGenerator<T> {
  const turns = new Turns()
  for (const item of items) {
    if (turns.isDue()) await turns.give()
    if (item !== undefined) yield item
  }
}
