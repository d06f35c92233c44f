/** A process that appends and then ends, in a way of its caller's choice, without closing the log. */
import { writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Wal } from '../../src/index.ts'

export type Ending = 'exit' | 'throw' | 'idle' | 'durable' | 'signal'

export const RECORDS = 1000

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv[2]!, process.argv[3] as Ending)

async function run(dir: string, ending: Ending): Promise<void> {
  // `durable` alone must be settled by the log's own timer, all others by its end.
  const sync = ending === 'durable' ? ({ policy: 'interval', everyMs: 300 } as const) : ({ policy: 'never' } as const)
  const wal = await Wal.open({ dir, sync, closeOnSignals: ending === 'signal' ? ['SIGTERM'] : [] })
  for (let record = 0; record < RECORDS; record++) wal.append({ record })
  if (ending === 'exit') process.exit(3)
  if (ending === 'throw') setImmediate(() => throwUncaught())
  if (ending === 'durable') wal.durable(wal.lastLsn).then(() => writeSync(1, 'durable'))
  if (ending === 'signal') {
    setInterval(() => {}, 60_000)
    writeSync(1, 'ready')
  }
}

function throwUncaught(): never {
  throw new Error('uncaught by intent')
}
