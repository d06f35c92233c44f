/** A process that appends and cuts without end, and says how far it has come: `durable cut`, a line each; the cut is 0 when it is made. */
import { writeSync } from 'node:fs'
import { Wal } from '../../src/index.ts'

const [dir] = process.argv.slice(2)
const wal = await Wal.open({ dir: dir!, segmentBytes: 65_536, sync: { policy: 'always' } })
const record = Buffer.alloc(1500)
for (;;) {
  for (let i = 0; i < 120; i++) {
    record.writeDoubleLE(wal.lastLsn + 1)
    wal.appendBytes(record)
  }
  await wal.flush()
  const lsn = wal.durableLsn - 90
  writeSync(1, `${wal.durableLsn} ${lsn}\n`)
  await wal.truncateAfter(lsn, { epoch: wal.epoch })
  writeSync(1, `${lsn} 0\n`)
}
