import { Appender } from '../../src/index.ts'
import { RingConsumer, RingMemory, RingProducer } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'
import { CONTROL_BYTES, RING_MARGIN_BYTES } from '../../src/wal/control-layout.ts'
import { ordersInTurn } from '../measure/load.ts'
import { ORDER } from '../orders.ts'
import { type MicroTask, repeated } from './task.ts'

const RING_BYTES = 16 << 20
const APPENDS = 1000
const NEVER_ASLEEP = { ref(): void {}, unref(): void {} }
const SETTINGS = {
  maxRecordBytes: 1 << 20,
  batchBytesMax: 1 << 20,
  backpressure: 'error',
  waitMs: 1,
  useBigInt64: false,
} as const

/** Claim, frame and publish, with no writer on another core: what an append costs by itself. The ring is emptied untimed. */
export function ringTasks(): MicroTask[] {
  const sizes = [64, 128, 256].map((size) => {
    const { log, empty } = lonelyLog()
    const payload = new Uint8Array(size).fill(5)
    return repeated(`appendBytes, ${size} B`, APPENDS, () => log.appendBytes(payload), empty)
  })
  const { log, empty } = lonelyLog()
  const next = ordersInTurn()
  return [...sizes, repeated('appendRecord, the order', APPENDS, () => log.appendRecord(ORDER, next()), empty)]
}

function lonelyLog(): { log: Appender; empty: () => void } {
  const ring = RingMemory.create({ capacity: RING_BYTES, margin: RING_MARGIN_BYTES, userBytes: CONTROL_BYTES })
  const control = new LogControl(ring)
  control.initialize(0)
  const consumer = new RingConsumer(ring)
  const log = new Appender(control, RingProducer.first(ring, 1), SETTINGS, NEVER_ASLEEP)
  const empty = (): void => {
    while (consumer.collect(RING_BYTES) > 0) consumer.release(log.lastLsn + 1)
  }
  return { log, empty }
}
