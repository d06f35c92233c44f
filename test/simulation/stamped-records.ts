/** Records that a stamp tells apart. */
import { payload } from '../support/log-records.ts'
import type { ModelRecord } from '../wal/log-model.ts'

/** One batch of these sizes. */
export function recordsOf(sizes: readonly number[], stamp: number): (ModelRecord & { readonly time: bigint })[] {
  return sizes.map((size, i) => {
    const bytes = payload(size, stamp + i)
    return { bytes, type: (stamp + i) & 0xffff, continues: i < sizes.length - 1, time: BigInt(stamp) }
  })
}

/** Sizes up to `longest`, other ones for every stamp. */
export function sizesOf(count: number, longest: number, stamp: number): number[] {
  return Array.from({ length: count }, (_, i) => (stamp * (i + 1)) % longest)
}
