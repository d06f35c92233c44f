/**
 * Appends many gibibytes in one run and prints the resident memory as it goes: it must stay flat.
 * `npm run bench:memory -- --gib 10 --size 1024 --dir DIR`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Wal } from '../src/index.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Growth between the first quarter and the end above which the run fails. */
const GROWTH_MIB_MAX = 32

const { values } = parseArgs({
  options: {
    gib: { type: 'string', default: '10' },
    size: { type: 'string', default: '1024' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const total = Number(values.gib) * GIB
const size = Number(values.size)
const dir = mkdtempSync(join(values.dir, 'ringwal-memory-'))
const payload = new Uint8Array(size).fill(7)
const reports = 8

try {
  process.exitCode = (await run()) ? 0 : 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}

async function run(): Promise<boolean> {
  const wal = await Wal.open({ dir, sync: { policy: 'interval' }, maxRecordBytes: Math.max(size, MIB) })
  const records = Math.ceil(total / size)
  const resident: number[] = []
  const started = performance.now()
  for (let part = 1; part <= reports; part++) {
    const last = Math.ceil((records * part) / reports)
    for (let lsn = wal.lastLsn; lsn < last; lsn++) wal.appendBytes(payload)
    await wal.flush()
    resident.push(process.memoryUsage().rss / MIB)
    const { records: written, bytes } = wal.stats()
    console.log(
      `${(bytes / GIB).toFixed(2).padStart(6)} GiB  ${written} records  resident ${resident.at(-1)!.toFixed(0)} MiB`,
    )
  }
  const seconds = (performance.now() - started) / 1000
  await wal.close()
  const growth = resident.at(-1)! - resident[1]!
  console.log(
    `${records} records durable in ${seconds.toFixed(1)} s; resident memory grew by ${growth.toFixed(1)} MiB from a quarter to the end`,
  )
  return growth <= GROWTH_MIB_MAX
}
