/** The steward's thread by itself, with the test in the place of the writer and of who opened the log. */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { RingMemory } from '../../src/ring/index.ts'
import { CONTROL_BYTES, LogControl, STATE_CLOSED, STATE_OPEN } from '../../src/wal/control.ts'
import type { StewardInit, StewardOrder } from '../../src/wal/protocol.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

/** A steward at work on a fresh log; `end` tells it that the writer has ended, and waits for it. */
function startSteward(): { control: LogControl; end: () => Promise<void> } {
  const workerData: StewardInit = { dir: temporaryDirectory(), segmentBytes: 65_536, spareSegments: 1 }
  const steward = new Worker(new URL('../../workers/steward.js', import.meta.url), { workerData })
  const { memory } = RingMemory.create({ capacity: 4096, userBytes: CONTROL_BYTES })
  const control = new LogControl(RingMemory.attach(memory))
  control.initialize(0)
  const { port1: writers, port2: lifeline } = new MessageChannel()
  // The writer's end stays open: the news of its death has not come yet.
  onTestFinished(() => writers.close())
  const tell = (order: StewardOrder): void => steward.postMessage(order, order.kind === 'begin' ? [order.lifeline] : [])
  tell({ kind: 'begin', memory, nextSegment: 1, lifeline })
  const end = async (): Promise<void> => {
    tell({ kind: 'end' })
    await once(steward, 'exit')
  }
  return { control, end }
}

it('poisons a log that was not closed when its writer had ended, also if it has not heard of a death', async () => {
  const { control, end } = startSteward()
  await end()
  expect(control.failure).toMatchObject({ code: 'ERR_RINGWAL_WRITER_DIED', message: expect.stringContaining('died') })
})

it('leaves a log alone that was closed', async () => {
  const { control, end } = startSteward()
  control.moveState(STATE_OPEN, STATE_CLOSED)
  await end()
  expect(control.failure).toBeUndefined()
  expect(control.state).toBe(STATE_CLOSED)
})
