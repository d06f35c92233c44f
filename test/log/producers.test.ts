import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

let wal: Wal

beforeEach(async () => {
  wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 1 << 20, sync: { policy: 'always' } })
})

afterEach(() => wal.close())

async function startThread(): Promise<Worker> {
  const port = wal.producer()
  const file = new URL('./producer-thread.js', import.meta.url)
  const worker = new Worker(file, { workerData: { port }, transferList: [port] })
  await once(worker, 'message')
  return worker
}

async function ask(worker: Worker, order: 'append' | 'durable' | 'detach'): Promise<unknown> {
  worker.postMessage(order)
  return (await once(worker, 'message'))[0]
}

it('gives LSNs in the order of the appends, across threads', async () => {
  const worker = await startThread()
  const lsns: unknown[] = []
  for (let i = 0; i < 100; i++) lsns.push(wal.append('from the opener'), await ask(worker, 'append'))
  expect(lsns).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  expect(await ask(worker, 'durable')).toBe(201)
  expect(wal.durableLsn).toBe(201)
  await ask(worker, 'detach')
  await wal.flush()
  expect(await verifyLog(wal.dir)).toMatchObject({ ok: true, records: 201 })
})

it('takes a detached place back: more threads come and go than there are places', async () => {
  for (let life = 1; life <= 70; life++) {
    const port = wal.producer()
    const attached = Wal.attach(port)
    expect(attached.append(life)).toBe(life)
    attached.detach()
    expect(() => attached.append('late')).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    await wal.durable(life)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
})

it('refuses a 65th thread', () => {
  const ports = Array.from({ length: 63 }, () => wal.producer())
  expect(() => wal.producer()).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_THREADS', limit: 64 }))
  for (const port of ports) port.close()
})

it('refuses a port that is not its own, or was attached before', () => {
  const refusal = expect.objectContaining({ code: 'ERR_RINGWAL_INPUT' })
  const { port1, port2 } = new MessageChannel()
  expect(() => Wal.attach(port1)).toThrow(refusal)
  port2.close()
  const port = wal.producer()
  const attached = Wal.attach(port)
  expect(() => Wal.attach(port)).toThrow(refusal)
  attached.detach()
})

it('ends with the thread that uses it: after detach nothing is taken', async () => {
  const worker = await startThread()
  expect(await ask(worker, 'detach')).toBe('ERR_RINGWAL_CLOSED')
})
