/** Process or thread: opens a log, says how that went, and keeps it open. */
import { type RingwalError, Wal } from '../../src/index.ts'

const said = await Wal.open({ dir: process.argv[2]! }).then(
  () => 'open',
  (error: RingwalError) => error.code,
)
process.stdout.write(said)
if (said === 'open') setInterval(() => {}, 60_000)
