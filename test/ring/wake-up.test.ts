import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { MessageProducer, MessageQueue, type ProducerPort } from '../../src/ring/index.ts'
import { PARKED_AT, SPACE_WAITERS_AT } from '../../src/ring/layout.ts'
import { claimSlot, lookAtTail } from './ring-kit.ts'

/** Starts a thread, lets `act` happen once it sleeps, and resolves to how it woke. */
async function wakeUp(port: ProducerPort, role: 'send' | 'receive', act: () => void): Promise<string> {
  const worker = new Worker(new URL('./wake-thread.js', import.meta.url), { workerData: { port, role } })
  const answer = new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const words = new Int32Array(port.memory.buffer)
  const flag = (role === 'send' ? SPACE_WAITERS_AT : PARKED_AT) >> 2
  while (Atomics.load(words, flag) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const acted = performance.now()
  act()
  const how = await answer
  expect(performance.now() - acted).toBeLessThan(5000)
  return how
}

function fullQueue(): MessageQueue {
  const queue = MessageQueue.create({ capacity: 4096 })
  const producer = new MessageProducer(queue.producerPort())
  while (producer.trySend(new Uint8Array(24)) !== undefined);
  return queue
}

describe('a sleeping sender wakes up', () => {
  it('when messages are received', async () => {
    const queue = fullQueue()
    expect(await wakeUp(queue.producerPort(), 'send', () => queue.receive(() => {}))).toBe('sent 129')
  })

  it('when the queue is closed', async () => {
    const queue = fullQueue()
    expect(await wakeUp(queue.producerPort(), 'send', () => queue.close())).toBe('ERR_RINGWAL_CLOSED')
  })
})

describe('a sleeping receiver wakes up', () => {
  it('when a message is sent', async () => {
    const queue = MessageQueue.create({ capacity: 4096 })
    const producer = new MessageProducer(queue.producerPort())
    const send = (): unknown => producer.send(new Uint8Array(1))
    expect(await wakeUp(queue.producerPort(), 'receive', send)).toBe('received 1')
  })

  it('when the queue is closed', async () => {
    const queue = MessageQueue.create({ capacity: 4096 })
    expect(await wakeUp(queue.producerPort(), 'receive', () => queue.close())).toBe('received 0')
  })

  it('when the producer is revoked whose message it waits for', async () => {
    const queue = MessageQueue.create({ capacity: 4096 })
    const dead = queue.producerPort()
    claimSlot(queue.ring, lookAtTail(queue.ring), dead.owner, 64)
    const revoke = (): void => queue.ring.revokeOwner(dead.owner)
    expect(await wakeUp(queue.producerPort(), 'receive', revoke)).toBe('received 1')
  })

  it('when the producer is revoked that died on the way to wake it', async () => {
    const queue = MessageQueue.create({ capacity: 4096 })
    const dead = queue.producerPort()
    claimSlot(queue.ring, lookAtTail(queue.ring), dead.owner, 64)
    const dieAndRevoke = (): void => {
      Atomics.exchange(queue.ring.words, PARKED_AT >> 2, 0)
      queue.ring.revokeOwner(dead.owner)
    }
    expect(await wakeUp(queue.producerPort(), 'receive', dieAndRevoke)).toBe('received 1')
  })
})
