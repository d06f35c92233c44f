/** A process that appends to an archived log until it is killed, and tells what is durable. */
import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Wal } from '../../src/index.ts'

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv[2]!, process.argv[3]!)

async function run(dir: string, target: string): Promise<void> {
  const wal = await Wal.open({ dir, segmentBytes: 1 << 16, archive: { target, everyMs: 100 } })
  for (;;) {
    for (let i = 0; i < 40; i++) wal.append({ n: wal.lastLsn + 1, text: 'x'.repeat(220) })
    await wal.flush()
    writeSync(1, `${wal.durableLsn} ${wal.stats().archive!.lastLsn ?? 0}\n`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
