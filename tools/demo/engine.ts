/**
 * The demo's order engine: a process that recovers its book from the log, then appends each event of the input and applies
 * it, until it is killed. What it is told about durability it passes on at once, with a blocking write: so everything that
 * its parent has read was acknowledged before the death.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { readWal, Wal } from '../../src/index.ts'
import { Book } from './book.ts'
import { type EventStream, generatedEvents } from './events.ts'
import { readEvents } from './input-file.ts'
import { isOrderEvent } from './order-event.ts'
import { ENGINE_PIPE, type EngineInit, type EngineMessage, SYNC_EVERY_MS } from './protocol.ts'

/** Events that arrive in a millisecond, and how many of them are handled before the event loop gets a turn. */
const EVENTS_PER_MS = 100
const BURST = 500
/** Under `never`, events after which the engine asks for a sync. */
const FLUSH_EVERY = 2000
const SEGMENT_BYTES = 1 << 20

const init = JSON.parse(process.argv[2]!) as EngineInit
const stream = init.input === undefined ? generatedEvents(init.seed) : readEvents(init.input)
const book = new Book()
process.stdin.once('end', () => die('the parent is gone'))
await once(process.stdin, 'data')
const wal = await recover()
if (init.isLast) {
  await wal.close()
  process.stdin.destroy()
} else {
  if (init.policy !== 'never') passOnAcknowledgements().catch(die)
  run(stream).catch(die)
}

async function recover(): Promise<Wal> {
  const { dir, policy } = init
  const started = performance.now()
  const wal = await Wal.open({ dir, sync: { policy, everyMs: SYNC_EVERY_MS }, segmentBytes: SEGMENT_BYTES })
  const opened = performance.now()
  let lsn = 0
  for await (const entry of readWal(dir)) {
    if (entry.lsn !== lsn + 1) throw new Error(`LSN ${entry.lsn} follows LSN ${lsn}`)
    lsn = entry.lsn
    book.apply(entry.value)
  }
  const replayMs = performance.now() - opened
  const { lastLsn, elapsedMs, tornTail } = wal.recovery
  if (lsn !== lastLsn) throw new Error(`recovery says that LSN ${lastLsn} is the last, the reader finds ${lsn}`)
  const [digest, orders, tornBytes] = [book.digest(), book.size, tornTail?.bytes ?? 0]
  tell({ kind: 'recovered', lsn, digest, orders, openMs: opened - started, recoveryMs: elapsedMs, replayMs, tornBytes })
  return wal
}

async function run(stream: EventStream): Promise<void> {
  const events = stream.events()
  for (let skipped = 0; skipped < wal.lastLsn; skipped++) events.next()
  const started = performance.now()
  let unflushed = 0
  for (let handled = 0; ; ) {
    const due = Math.floor((performance.now() - started) * EVENTS_PER_MS) - handled
    const count = Math.min(BURST, due)
    for (let i = 0; i < count; i++) handle(events.next().value)
    handled += count
    unflushed += count
    tell({ kind: 'appended', appended: wal.lastLsn })
    if (init.policy === 'never' && unflushed >= FLUSH_EVERY) {
      unflushed = 0
      await flush()
    }
    if (due > BURST) await setImmediate()
    else await setTimeout(1)
  }
}

/** The write-ahead rule: first the log, then the state. */
function handle(event: unknown): void {
  wal.append(event, isOrderEvent(event) ? { type: event.type, key: event.id >>> 0 } : {})
  book.apply(event)
}

async function flush(): Promise<void> {
  const durable = wal.lastLsn
  await wal.flush()
  tell({ kind: 'acknowledged', durable, appended: wal.lastLsn })
}

async function passOnAcknowledgements(): Promise<void> {
  for (let told = 0; ; ) {
    const durable = wal.lastLsn
    await wal.durable(durable)
    if (durable > told) tell({ kind: 'acknowledged', durable, appended: wal.lastLsn })
    told = durable
    // An LSN that is durable already resolves at once: without a turn of the event loop nothing would be appended.
    await setImmediate()
  }
}

function tell(message: EngineMessage): void {
  writeSync(ENGINE_PIPE, `${JSON.stringify(message)}\n`)
}

function die(error: unknown): never {
  console.error(error)
  process.exit(1)
}
