import { afterEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../src/read/entry.ts'
import { followLog } from '../../src/read/follow-log.ts'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, range, readPorts } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll } from '../support/simulated-disk-crash.ts'

/** A follower in the background of a test, and what it has got so far. */
class Follower {
  readonly lsns: number[] = []
  error: unknown
  ended = false
  private readonly abort = new AbortController()
  private readonly loop: Promise<void>

  constructor(disk: SimulatedDisk, options: ReadOptions = {}, each: (entry: Entry) => void = () => {}) {
    const plan = planRead({ follow: true, pollMs: 1, signal: this.abort.signal, ...options })
    this.loop = this.run(followLog(readPorts(disk), LOG_DIR, plan), each)
  }

  private async run(entries: AsyncGenerator<Entry>, each: (entry: Entry) => void): Promise<void> {
    try {
      for await (const entry of entries) {
        this.lsns.push(entry.lsn)
        each(entry)
      }
      this.ended = true
    } catch (error) {
      this.error = error
    }
  }

  async end(): Promise<void> {
    this.abort.abort()
    await this.loop
  }
}

let follower: Follower | undefined

afterEach(async () => {
  await follower?.end()
  follower = undefined
})

/** Long enough for some looks. */
function looks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 12))
}

describe('a follower', () => {
  it('does not go past a segment that is missing without a word', async () => {
    const disk = logOf(14)
    disk.remove(pathOf(2))
    follower = new Follower(disk)
    await looks()
    expect(follower.error).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', class: 'missing-segment' })
    await follower.end()
    const told: unknown[] = []
    follower = new Follower(disk, { onDamage: (damage) => told.push(damage) })
    await looks()
    expect(told).toMatchObject([{ class: 'missing-segment' }])
    expect(follower.lsns.at(-1)).toBe(14)
  })

  it('sees a record once a mark proves it durable, and no sooner', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'interval', everyMs: 100 })
    log.appender.appendBytes(payload(10, 1))
    log.settle()
    follower = new Follower(disk)
    await looks()
    expect(follower.lsns).toEqual([])
    log.pass(100)
    expect(log.durable).toBe(1)
    await looks()
    expect(follower.lsns).toEqual([])
    log.pass(10)
    await looks()
    expect(follower.lsns).toEqual([1])
  })

  it('gets every record once, in order, across rotations, closes, deaths and reopenings', async () => {
    const random = new SeededRandom(5)
    const disk = new SimulatedDisk({ recordCalls: false })
    const settings = { ...SMALL, policy: 'interval', everyMs: 5 } as const
    let log = LogHarness.open(disk, { ...settings, spareSegments: 1 })
    follower = new Follower(disk, {}, ({ lsn }) => expect(lsn).toBeLessThanOrEqual(log.durable))
    for (let round = 0; round < 150; round++) {
      for (let i = random.below(4); i > 0; i--) log.appender.appendBytes(payload(random.below(600), round))
      if (random.chance(0.5)) log.spares?.step()
      log.pass(random.below(15))
      if (random.chance(0.05)) {
        log.close()
        log = LogHarness.open(disk, settings)
      }
      if (random.chance(0.2)) await looks()
    }
    log.close()
    await looks()
    expect(follower.error).toBeUndefined()
    expect(follower.lsns).toEqual(range(1, log.durable))
    expect(log.durable).toBeGreaterThan(100)
  })

  it('begins at `from`, ends behind `to`, and keeps to a type', async () => {
    const disk = logOf(14)
    follower = new Follower(disk, { from: 3, to: 12, type: [3, 9, 12, 13] })
    await looks()
    expect(follower).toMatchObject({ lsns: [3, 9, 12], ended: true })
  })

  it('ends without an error when it is aborted, also while it waits', async () => {
    follower = new Follower(logOf(3))
    await looks()
    await follower.end()
    expect(follower).toMatchObject({ lsns: [1, 2, 3], ended: true, error: undefined })
  })

  it('goes on behind a torn tail once a writer has opened the log again', async () => {
    const disk = logOf(3, 'dead')
    edit(disk, pathOf(1), (bytes) => bytes.subarray(0, recordIn(disk, 1, 3).offset + 100))
    follower = new Follower(disk)
    await looks()
    expect(follower).toMatchObject({ lsns: [1, 2], error: undefined })
    const log = LogHarness.open(disk, SMALL)
    for (const stamp of [3, 4]) {
      log.appender.appendBytes(payload(10, stamp))
      log.settle()
    }
    await looks()
    expect(follower).toMatchObject({ lsns: [1, 2, 3], error: undefined })
  })

  it('is not stopped by garbage behind what is durable', async () => {
    const disk = logOf(3, 'dead')
    edit(disk, pathOf(1), (bytes) => {
      const longer = new Uint8Array(bytes.length + 500).fill(0xa5)
      longer.set(bytes)
      return longer
    })
    follower = new Follower(disk)
    await looks()
    expect(follower).toMatchObject({ lsns: [1, 2], error: undefined })
  })

  it.each([1, 2])('is told of damage in record %i of the last segment, below a mark', async (lsn) => {
    const disk = logOf(3, 'dead')
    disk.flipBit(pathOf(1), recordIn(disk, 1, lsn).offset + 300, 2)
    follower = new Follower(disk)
    await looks()
    expect(follower.error).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', lostFrom: lsn, lostTo: lsn })
    expect(follower.lsns).toEqual(range(1, lsn - 1))
    await follower.end()
    follower = new Follower(disk, { onDamage: 'skip' })
    await looks()
    expect(follower).toMatchObject({ lsns: [1, 2].filter((other) => other !== lsn), error: undefined })
  })

  it('reads little while nothing happens, also in a long prefilled segment', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { policy: 'always', segmentBytes: 8 << 20, spareSegments: 1 })
    log.makeSpares()
    for (let i = 0; i < 3; i++) {
      log.appender.appendBytes(payload(10, i))
      log.settle()
    }
    follower = new Follower(disk)
    await looks()
    expect(follower.lsns).toEqual([1, 2])
    disk.calls.length = 0
    for (let i = 0; i < 10; i++) await looks()
    const polls = disk.calls.filter(({ operation }) => operation === 'list').length
    const bytes = disk.calls.reduce((sum, { operation, length }) => sum + (operation === 'read' ? (length ?? 0) : 0), 0)
    expect(polls).toBeGreaterThan(1)
    expect(bytes / polls).toBeLessThan(256 << 10)
  })

  it('sees nothing that a power cut could take back', async () => {
    const disk = new SimulatedDisk()
    const log = LogHarness.open(disk, { ...SMALL, policy: 'interval', everyMs: 7 })
    const lost: number[] = []
    follower = new Follower(disk, {}, ({ lsn }) => {
      if (framesOf(disk.crash(dropAll)).every((other) => other !== lsn)) lost.push(lsn)
    })
    for (let i = 0; i < 40; i++) {
      log.appender.appendBytes(payload(30, i))
      log.pass(i % 6)
      if (i % 4 === 0) await looks()
    }
    expect(lost).toEqual([])
    expect(follower.lsns.length).toBeGreaterThan(20)
  })
})

function framesOf(disk: SimulatedDisk): number[] {
  const segments = disk.list(LOG_DIR).map((name) => Number.parseInt(name, 10))
  return segments.flatMap((segment) => framesIn(disk, segment).map(({ lsn }) => lsn))
}
