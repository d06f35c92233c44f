import { describe, expect, it, vi } from 'vitest'
import { RingConsumer } from '../../src/ring/index.ts'
import type { SyncPolicy } from '../../src/wal/sync-plan.ts'
import { WriterRest } from '../../src/wal/writer-rest.ts'
import { LogHarness } from '../support/log-harness.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const TURNS_MAX = 500

interface Sleeper {
  readonly log: LogHarness
  /** Lets the writer rest until it sleeps. @returns how, and for how many milliseconds at most */
  sleep(): [how: string, ms: number]
  /** Whether there was something to do after all, by the last look before the last sleep, asked again. */
  wouldStay(): boolean
  readonly rest: WriterRest
}

function sleeper(policy: SyncPolicy, ringBytes = 1 << 20): Sleeper {
  const log = LogHarness.open(new SimulatedDisk(), { policy, ringBytes })
  const consumer = new RingConsumer(log.ring)
  const slept: [string, number][] = []
  let stays: (() => boolean) | undefined
  const lie = (how: string, ms: number, stay: () => boolean): void => {
    slept.push([how, ms])
    stays = stay
  }
  vi.spyOn(consumer, 'doze').mockImplementation((ms, stay) => lie('dozes', ms, stay))
  vi.spyOn(consumer, 'park').mockImplementation((ms, stay) => lie('sleeps', ms, stay))
  const rest = new WriterRest({ consumer, control: log.control, clock: log.clock }, log.writer, policy)
  const sleep = (): [string, number] => {
    for (let turn = 0; slept.length === 0 && turn < TURNS_MAX; turn++) rest.take()
    return slept.pop()!
  }
  return { log, rest, sleep, wouldStay: () => stays!() }
}

describe('a writer without work', () => {
  it('looks out first, and longer where callers wait for each batch', () => {
    const turns = (['always', 'interval'] as const).map((policy) => {
      const { log, rest, sleep } = sleeper(policy)
      log.control.clockMs = 7
      sleep()
      const before = log.control.clockMs
      let count = 0
      log.control.clockMs = 9
      for (; log.control.clockMs === 9; count++) rest.take()
      return [before === 7, count]
    })
    expect(turns).toEqual([
      [false, 500],
      [false, 20],
    ])
  })

  it.each(['interval', 'never'] as const)('dozes under %s, until nothing came for 50 ms', (policy) => {
    const { log, rest, sleep } = sleeper(policy)
    expect(sleep()).toEqual(['dozes', 0.25])
    log.clock.advance(49)
    expect(sleep()).toEqual(['dozes', 0.25])
    log.clock.advance(1)
    expect(sleep()).toEqual(['sleeps', Number.POSITIVE_INFINITY])
    rest.end()
    expect(sleep()).toEqual(['dozes', 0.25])
  })

  it('is woken by each publish under always', () => {
    expect(sleeper('always').sleep()).toEqual(['sleeps', Number.POSITIVE_INFINITY])
  })

  it('does not doze over a ring that could be full meanwhile', () => {
    expect(sleeper('interval', 1 << 16).sleep()[0]).toBe('sleeps')
  })

  it('keeps its clock for producers while it dozes, and stops it while it sleeps', () => {
    const { log, sleep } = sleeper('interval')
    sleep()
    expect(log.control.clockMs).toBe(log.clock.wallMs())
    log.clock.advance(60)
    sleep()
    expect(log.control.clockMs).toBe(0)
  })

  it.each(['always', 'interval'] as const)(
    'is told of a flush, and of the end, before it sleeps, under %s',
    (policy) => {
      const { log, sleep, wouldStay } = sleeper(policy)
      log.appender.appendBytes(new Uint8Array(8))
      log.settle()
      sleep()
      expect(wouldStay()).toBe(false)
      log.control.requestFlush(log.appender.lastLsn)
      expect(wouldStay()).toBe(policy === 'interval')
      log.settle()
      expect(wouldStay()).toBe(false)
      log.close()
      expect(wouldStay()).toBe(true)
    },
  )

  it.each([
    ['dozes', 1 << 20],
    ['sleeps', 1 << 16],
  ])('%s no longer than to its next sync', (how, ringBytes) => {
    const { log, sleep } = sleeper('interval', ringBytes)
    log.appender.appendBytes(new Uint8Array(8))
    log.settle()
    log.clock.advance(99.9)
    expect(sleep()).toEqual([how, expect.closeTo(0.1)])
  })
})
