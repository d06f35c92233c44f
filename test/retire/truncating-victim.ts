/** A process that appends and truncates without end, and says how far it has come: `durable cut`, a line each. */
import { writeSync } from 'node:fs'
import { Wal } from '../../src/index.ts'

const [dir, spareSegments] = process.argv.slice(2)
const wal = await Wal.open({
  dir: dir!,
  segmentBytes: 65536,
  spareSegments: Number(spareSegments),
  sync: { policy: 'always' },
})
const record = Buffer.alloc(1500)
for (let cut = 1; ; ) {
  for (let i = 0; i < 30; i++) {
    record.writeDoubleLE(wal.lastLsn + 1)
    wal.appendBytes(record)
  }
  await wal.flush()
  cut = Math.max(cut, wal.durableLsn - 20)
  writeSync(1, `${wal.durableLsn} ${cut}\n`)
  await wal.truncateBefore(cut)
}
