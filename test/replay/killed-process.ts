/** The engine that is killed: appends order events without end, from where its log ended. */
import { setImmediate } from 'node:timers/promises'
import { Wal } from '../../src/index.ts'
import { keyOf, ORDER_EVENT } from '../../src/trading/index.ts'
import { type KilledInit, lifeEvents } from './killed-engine.ts'

const BURST = 200

const { dir, policy } = JSON.parse(process.argv[2]!) as KilledInit
const wal = await Wal.open({ dir, sync: { policy, everyMs: 10 }, segmentBytes: 1 << 20, useBigInt64: true })
const events = lifeEvents()
for (let lsn = 1; lsn <= wal.lastLsn; lsn++) events.next()
process.send!('appending')
for (;;) {
  for (let i = 0; i < BURST; i++) {
    const event = events.next().value!
    wal.append(event, { type: ORDER_EVENT, key: keyOf(event) })
  }
  await setImmediate()
}
