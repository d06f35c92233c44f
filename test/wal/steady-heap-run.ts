/** For steady-heap.test.ts: bytes of heap that an append leaves behind, for each way to append, as JSON. Needs --expose-gc. */
import { defineRecord, field, Wal } from '../../src/index.ts'

const RECORDS = 400_000

const order = defineRecord({
  name: 'order',
  type: 7,
  key: 'id',
  fields: { id: field.string(), side: field.enum('buy', 'sell'), price: field.f64(), size: field.u32() },
})
const value = { id: 'c-000012345', side: 'buy', price: 64123.5, size: 12 } as const
const payload = new Uint8Array(128).fill(7)
const options = { type: 3, key: 17 }

const wal = await Wal.open({ dir: process.argv[2]! })
const ways = {
  appendBytes: () => wal.appendBytes(payload),
  'appendBytes with options': () => wal.appendBytes(payload, options),
  appendRecord: () => wal.appendRecord(order, value),
}
const found: Record<string, number> = {}
for (const [name, append] of Object.entries(ways)) {
  for (let i = 0; i < RECORDS; i++) append()
  await wal.flush()
  gc!()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < RECORDS; i++) append()
  found[name] = (process.memoryUsage().heapUsed - before) / RECORDS
  await wal.flush()
}
await wal.close()
console.log(JSON.stringify(found))
