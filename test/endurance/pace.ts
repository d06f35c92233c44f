import { setTimeout } from 'node:timers/promises'
import type { Appender } from '../../src/index.ts'
import { RECORDS_PER_S, say } from './protocol.ts'
import { encodeRecord } from './record.ts'

const TURN_MS = 10
/** Who was stopped does not make up for all of it at once. */
const CATCH_UP_MS = 50
const ACK_MS = 100

/** Appends at a steady pace, and says what is durable, until `isOver`. */
export async function appendAtPace(
  log: Appender,
  life: number,
  producer: number,
  isOver: () => boolean,
): Promise<void> {
  let counter = 0
  let before = performance.now()
  let acknowledgedAt = before
  let pending: Promise<void> | undefined
  while (!isOver()) {
    const now = performance.now()
    const due = Math.round((Math.min(CATCH_UP_MS, now - before) * RECORDS_PER_S) / 1000)
    before = now
    for (let i = 0; i < due; i++) log.appendBytes(encodeRecord({ life, producer, counter: counter++ }))
    if (due > 0 && pending === undefined && now - acknowledgedAt >= ACK_MS) {
      acknowledgedAt = now
      pending = acknowledge(log, producer, counter - 1).then(() => {
        pending = undefined
      })
    }
    await setTimeout(TURN_MS)
  }
  await pending
}

async function acknowledge(log: Appender, producer: number, counter: number): Promise<void> {
  const { lastLsn } = log
  await log.durable(lastLsn)
  say(`ack ${lastLsn} ${producer} ${counter}`)
}
