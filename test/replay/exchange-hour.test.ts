/** An hour of real exchange orders: read from the CSV by other means, and imported and replayed, gives the same book. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { replay } from '../../src/index.ts'
import { ROOT } from '../kernels/build-kernels.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { CLI } from '../tools/cli.ts'
import type { BookState } from './reducers/book.ts'

const HOUR = join(ROOT, 'test/fixtures/data/aapl-2012-06-21-orders.csv.gz')

/** Price levels of the book, and totals: text, to be compared whole. */
interface Summary {
  readonly levels: readonly string[]
  readonly totals: readonly string[]
}

/** From the text of the file, column by column, with an array for the shares that are left of each order. */
function plainReading(csv: string): Summary {
  const rows = csv.trimEnd().split('\n')
  const placed = new Map<string, string[]>()
  const left: Record<string, number> = {}
  const totals = { '1': 0, '2': 0, '3': 0, '4': 0, '5': 0, shares: 0n, value: 0n, strangers: 0 }
  for (const row of rows) {
    const [, type, id, size, price] = row.split(',') as [string, '1' | '2' | '3' | '4' | '5', string, string, string]
    totals[type]++
    if (type === '4' || type === '5') {
      totals.shares += BigInt(size)
      totals.value += BigInt(size) * BigInt(price)
    }
    if (type === '1') {
      placed.set(id, row.split(','))
      left[id] = Number(size)
    } else if (type !== '5') {
      if ((left[id] ?? 0) === 0) totals.strangers++
      else left[id] = type === '3' ? 0 : Math.max(0, left[id]! - Number(size))
    }
  }
  const levels = new Map<string, number>()
  for (const [id, [, , , , price, side]] of placed) {
    const level = `${side} ${price}`
    if (left[id]! > 0) levels.set(level, (levels.get(level) ?? 0) + left[id]!)
  }
  return { levels: textsOf(levels), totals: Object.values(totals).map(String) }
}

function summaryOf({ orders, counts, executedSize, executedValue, strangers }: BookState): Summary {
  const levels = new Map<string, number>()
  for (const { price, side, size } of orders.values()) {
    const level = `${side} ${price}`
    levels.set(level, (levels.get(level) ?? 0) + size)
  }
  const totals = [...counts.slice(1), executedSize, executedValue, strangers].map(String)
  return { levels: textsOf(levels), totals }
}

function textsOf(levels: ReadonlyMap<string, number>): string[] {
  return [...levels].map(([level, size]) => `${level}: ${size}`).sort()
}

it('the hour of exchange orders is rebuilt by 1, 2 and 4 threads', { timeout: 120_000 }, async () => {
  const dir = join(temporaryDirectory(), 'log')
  const columns = ['--columns', 'time,type,id,size,price,side', '--key-field', 'id']
  execFileSync(process.execPath, [CLI, 'append', dir, HOUR, ...columns, '--segment-bytes', '1M'])
  const plain = plainReading(gunzipSync(readFileSync(HOUR)).toString())
  expect(plain.levels.length).toBeGreaterThan(100)
  const reducer = new URL('./reducers/book.js', import.meta.url)
  for (const workers of [1, 2, 4]) {
    const { state, report } = await replay<BookState>(dir, { reducer, workers, chunkBytes: 1 << 18 })
    expect(report).toMatchObject({ records: 60_000, lastLsn: 60_000, damage: [], workers })
    expect(summaryOf(state), `${workers} threads`).toEqual(plain)
  }
})
