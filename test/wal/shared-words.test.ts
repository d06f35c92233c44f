/** The log's words in shared memory: what another thread can see between any two stores. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RingMemory } from '../../src/ring/index.ts'
import { LogControl } from '../../src/wal/control.ts'
import { CONTROL_BYTES, STATE_CLOSED, STATE_CLOSING, STATE_OPEN, STATE_POISONED } from '../../src/wal/control-layout.ts'

function freshControl(durable = 0): LogControl {
  const control = new LogControl(RingMemory.create({ capacity: 4096, userBytes: CONTROL_BYTES }))
  control.initialize(durable)
  return control
}

/** What another thread sees after each store that `act` makes. */
function seenBetweenStores<T>(look: () => T, act: () => void): T[] {
  const { store } = Atomics
  const seen: T[] = []
  const spy = vi.spyOn(Atomics, 'store').mockImplementation(((...args: Parameters<typeof store>) => {
    const stored = store(...args)
    seen.push(look())
    return stored
  }) as typeof store)
  onTestFinished(() => spy.mockRestore())
  act()
  spy.mockRestore()
  return seen
}

function failureOf(name: string): Parameters<LogControl['poison']>[0] {
  return { code: 'ERR_RINGWAL_IO', message: name, facts: { which: name } }
}

describe('the durable LSN', () => {
  it.each([
    [2 ** 32 - 1, 2 ** 32],
    [2 ** 32 - 5, 2 ** 32 + 9],
    [3 * 2 ** 32 - 1, 3 * 2 ** 32 + 1],
    [2 ** 31 - 1, 2 ** 31],
  ])('is never seen ahead of the truth as it goes from %i to %i', (from, to) => {
    const control = freshControl(from)
    const other = new LogControl(RingMemory.attach(control.ring.memory))
    const seen = seenBetweenStores(
      () => other.durable,
      () => control.publishDurable(to),
    )
    expect(seen.length).toBeGreaterThan(1)
    expect(Math.max(...seen)).toBe(to)
    expect(control.durable).toBe(to)
  })
})

describe('a poisoned log', () => {
  it('tells why from the moment that it is seen to be poisoned, or closed', () => {
    const control = freshControl()
    const seen = seenBetweenStores(
      () => ({ isEnded: control.state === STATE_POISONED || control.ring.closed !== 0, failure: control.failure }),
      () => control.poison(failureOf('first')),
    )
    const ended = seen.filter(({ isEnded }) => isEnded)
    expect(ended.length).toBeGreaterThan(0)
    for (const { failure } of ended) expect(failure).toMatchObject({ code: 'ERR_RINGWAL_IO', message: 'first' })
  })

  it('is so by its first failure, and neither by a later one nor by a close any more', () => {
    const control = freshControl()
    control.poison(failureOf('first'))
    control.poison(failureOf('second'))
    control.moveState(STATE_OPEN, STATE_CLOSING)
    control.moveState(STATE_CLOSING, STATE_CLOSED)
    expect(control.state).toBe(STATE_POISONED)
    expect(control.failure).toMatchObject({ message: 'first', facts: { which: 'first' } })
  })
})

describe('a flush', () => {
  it('that asks for less takes nothing back from one that asked for more', () => {
    const control = freshControl(2 ** 32 - 3)
    control.requestFlush(2 ** 32 + 5)
    control.requestFlush(2 ** 32 - 2)
    expect(control.flushWanted(2 ** 32 + 4)).toBe(true)
    expect(control.flushWanted(2 ** 32 + 5)).toBe(false)
  })
})

describe('who waits for an event', () => {
  it.each<[string, (control: LogControl) => void]>([
    ['a durable LSN', (control) => control.publishDurable(1)],
    ['a close', (control) => control.moveState(STATE_OPEN, STATE_CLOSING)],
    ['poison', (control) => control.poison(failureOf('first'))],
    ['poison again', (control) => control.poison(failureOf('second'))],
  ])('is woken by %s', async (_, act) => {
    const control = freshControl()
    if (_ === 'poison again') control.poison(failureOf('first'))
    control.enlist()
    const seen = control.event
    const woken = control.waitEventAsync(seen)
    act(control)
    expect(control.event).not.toBe(seen)
    expect(await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, 5000, 'late'))])).toBe('ok')
  })
})
