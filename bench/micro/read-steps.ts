import { join } from 'node:path'
import { readWal, Wal } from '../../src/index.ts'
import { loadOf } from '../measure/load.ts'
import { closeAndCount } from '../measure/quiet-log.ts'
import { ORDER } from '../orders.ts'
import type { Encoding } from '../result.ts'
import { type MicroTask, wrongResult } from './task.ts'

const RECORDS = 4000
const BYTES_SIZE = 128

/** One step of the iteration over a log in the page cache, decoding included. */
export async function readTasks(dir: string): Promise<MicroTask[]> {
  const bytes = await makeLog(join(dir, 'bytes'), 'bytes')
  const orders = await makeLog(join(dir, 'orders'), 'declared')
  return [
    task(`${BYTES_SIZE} B as they are`, async () => {
      let seen = 0
      for await (const entry of readWal(bytes)) seen += entry.bytes.length
      return seen
    }),
    task('the order, as(record)', async () => {
      let seen = 0
      for await (const entry of readWal(orders)) seen += entry.as(ORDER).total_volume
      return seen
    }),
    task('the order, value', async () => {
      let seen = 0
      for await (const entry of readWal(orders)) seen += (entry.value as { total_volume: number }).total_volume
      return seen
    }),
  ]
}

function task(name: string, read: () => Promise<number>): MicroTask {
  const run = async (): Promise<void> => {
    if ((await read()) === 0) throw wrongResult(name)
  }
  return { name, operations: RECORDS, run }
}

async function makeLog(dir: string, encoding: Encoding): Promise<string> {
  const wal = await Wal.open({ dir, segmentBytes: 1 << 23 })
  loadOf({ encoding, size: BYTES_SIZE }).appendMany(wal, RECORDS)
  await closeAndCount(wal, RECORDS)
  return dir
}
