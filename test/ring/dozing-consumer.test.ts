import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { DOZING_AT } from '../../src/ring/layout.ts'
import { Rig } from './ring-kit.ts'

const dozing = (rig: Rig): number => Atomics.load(rig.ring.words, DOZING_AT >> 2)
const never = (): boolean => false

/** Lets another thread doze over the rig's ring, and does `act` then. @returns the bytes that it took when it woke */
async function wakeUp(rig: Rig, act: () => void): Promise<number> {
  const worker = new Worker(new URL('./doze-thread.js', import.meta.url), { workerData: { memory: rig.ring.memory } })
  const taken = new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  while (dozing(rig) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const acted = performance.now()
  act()
  const bytes = await taken
  expect(performance.now() - acted).toBeLessThan(5000)
  return bytes
}

describe('a dozing consumer', () => {
  it('has its flag up while it looks for work the last time, and down afterwards', () => {
    const rig = new Rig()
    const seen: number[] = []
    rig.consumer.doze(1000, () => seen.push(dozing(rig)) > 0)
    expect([seen, dozing(rig)]).toEqual([[1], 0])
  })

  it('wakes by itself after the time-out', () => {
    const rig = new Rig()
    const started = performance.now()
    rig.consumer.doze(30, never)
    expect(performance.now() - started).toBeGreaterThan(25)
  })

  it('does not begin to doze over work', () => {
    const rig = new Rig()
    rig.send(32)
    const started = performance.now()
    rig.consumer.doze(5000, never)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('costs a publish no notification', () => {
    const rig = new Rig()
    Atomics.store(rig.ring.words, DOZING_AT >> 2, 1)
    const notify = vi.spyOn(Atomics, 'notify')
    try {
      rig.send(32)
      expect(notify).not.toHaveBeenCalled()
    } finally {
      notify.mockRestore()
    }
  })

  it('wakes when it is asked for', async () => {
    const rig = new Rig()
    const act = (): void => {
      rig.send(32)
      rig.ring.wakeConsumer()
    }
    expect(await wakeUp(rig, act)).toBe(32)
  })

  it('wakes when a producer finds no room', async () => {
    const rig = new Rig()
    const act = (): void => {
      for (let sent = 0; sent < 4096; sent += 512) rig.send(512)
      expect(rig.producer.claim(512, 1, 10_000)).toBeGreaterThan(0)
    }
    expect(await wakeUp(rig, act)).toBe(4096)
  })
})

describe('hasReady', () => {
  it.each([false, true])('counts what is published, and takes nothing (shared: %s)', (shared) => {
    const rig = new Rig({ shared })
    expect(rig.consumer.hasReady(32)).toBe(false)
    rig.send(64, 1)
    expect([rig.consumer.hasReady(64), rig.consumer.hasReady(72)]).toEqual([true, false])
    rig.send(32, 2)
    expect([rig.consumer.hasReady(72), rig.consumer.hasReady(96), rig.consumer.hasReady(97)]).toEqual([
      true,
      true,
      false,
    ])
    expect(rig.drain()).toEqual([1, 2])
    expect(rig.consumer.hasReady(8)).toBe(false)
  })

  it('does not count what is claimed only', () => {
    const rig = new Rig({ shared: true })
    const other = rig.further()
    other.tryClaim(64)
    rig.send(64)
    expect(rig.consumer.hasReady(64)).toBe(false)
  })

  it('is content with what stands before the end of the ring', () => {
    const rig = new Rig()
    rig.send(2048, 1)
    rig.send(1024, 2)
    rig.drain()
    rig.send(512, 3)
    expect(rig.consumer.hasReady(1024)).toBe(false)
    rig.send(1024, 4)
    expect(rig.consumer.hasReady(2048)).toBe(true)
    expect(rig.drain()).toEqual([3, 4])
  })
})
