/**
 * A process in which code may perhaps not be made of strings. It appends declared records to a log, reads them back,
 * and prints whether code may be made, and the records' bytes in hex.
 */
import { readWal, Wal } from '../../src/index.ts'
import { Order, orderOf } from '../log/declared-orders.ts'

export const RECORDS = 200

if (process.argv[2] !== undefined) await run(process.argv[2])

async function run(dir: string): Promise<void> {
  const wal = await Wal.open({ dir, segmentBytes: 1 << 20 })
  for (let id = 0; id < RECORDS; id++) wal.appendRecord(Order, orderOf(id))
  await wal.close()
  const bytes: string[] = []
  const values: unknown[] = []
  for await (const entry of readWal(dir)) {
    bytes.push(`${entry.key} ${Buffer.from(entry.bytes).toString('hex')}`)
    values.push(entry.as(Order))
  }
  process.stdout.write(JSON.stringify({ mayCompile: mayCompile(), bytes, values: JSON.stringify(values) }))
}

function mayCompile(): boolean {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}
