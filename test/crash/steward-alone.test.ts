/** The steward's thread by itself, with the test in the place of the writer and of who opened the log. */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RingMemory } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'
import { CONTROL_BYTES, STATE_CLOSED, STATE_OPEN } from '../../src/wal/control-layout.ts'
import type { StewardInit, StewardMessage, StewardOrder } from '../../src/wal/protocol.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

/** So many that the steward can not have come to the last of them before it hears of the end. */
const MANY = 200

interface Steward {
  readonly control: LogControl
  /** What it said. */
  readonly said: readonly StewardMessage[]
  truncate(id: number): void
  /** Tells it that the writer has ended, and waits for it. */
  end(): Promise<void>
}

/** A steward at work on a fresh log. */
function startSteward(): Steward {
  const workerData: StewardInit = {
    dir: temporaryDirectory(),
    segmentBytes: 65_536,
    spareSegments: 1,
    retention: undefined,
  }
  const steward = new Worker(new URL('../../workers/steward.js', import.meta.url), { workerData })
  const { memory } = RingMemory.create({ capacity: 4096, userBytes: CONTROL_BYTES })
  const control = new LogControl(RingMemory.attach(memory))
  control.initialize(0)
  const { port1: writers, port2: lifeline } = new MessageChannel()
  // The writer's end stays open: the news of its death has not come yet.
  onTestFinished(() => writers.close())
  const tell = (order: StewardOrder): void => steward.postMessage(order, order.kind === 'begin' ? [order.lifeline] : [])
  const said: StewardMessage[] = []
  steward.on('message', (message: StewardMessage) => said.push(message))
  tell({ kind: 'begin', memory, nextSegment: 1, logId: '0'.repeat(32), lifeline })
  const truncate = (id: number): void => tell({ kind: 'truncate', id, lsn: 1 })
  const end = async (): Promise<void> => {
    tell({ kind: 'end' })
    await once(steward, 'exit')
  }
  return { control, said, truncate, end }
}

it('poisons a log that was not closed when its writer had ended, also if it has not heard of a death', async () => {
  const { control, end } = startSteward()
  await end()
  expect(control.failure).toMatchObject({ code: 'ERR_RINGWAL_WRITER_DIED', message: expect.stringContaining('died') })
})

it('retires nothing more when the writer has ended without closing the log', async () => {
  const { said, truncate, end } = startSteward()
  truncate(0)
  // What it needs for it is loaded then.
  await vi.waitFor(() => expect(said).toContainEqual(expect.objectContaining({ kind: 'answered', id: 0 })))
  for (let id = 1; id <= MANY; id++) truncate(id)
  await end()
  const answer = said.find((message) => 'id' in message && message.id === MANY)
  expect(answer).toMatchObject({ kind: 'refused', error: { code: 'ERR_RINGWAL_WRITER_DIED' } })
})

it('leaves a log alone that was closed', async () => {
  const { control, end } = startSteward()
  control.moveState(STATE_OPEN, STATE_CLOSED)
  await end()
  expect(control.failure).toBeUndefined()
  expect(control.state).toBe(STATE_CLOSED)
})
