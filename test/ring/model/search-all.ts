import { availableParallelism } from 'node:os'

/** Does `work` for each item, as many at a time as there are cores. @returns the results, in the order of the items */
export async function forAll<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  async function lane(): Promise<void> {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, lane))
  return results
}
