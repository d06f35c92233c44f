/**
 * A reader beside a log that retires what it reads, and writes new segments into the files it has open: it gets the records
 * that were there, or is told that they were retired; never damage, and never a byte of another segment.
 */
import { describe, expect, it } from 'vitest'
import { followLog } from '../../src/read/follow-log.ts'
import { viewLog } from '../../src/read/log-view.ts'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import { surveyListing } from '../../src/read/survey-file.ts'
import { observeLog } from '../../src/wal/recovery.ts'
import { checker, LOG_DIR, type LogHarness } from '../support/log-harness.ts'
import { pathOf } from '../support/log-images.ts'
import { eachEntry, payload, range, type readEntries, readPorts, thrownBy } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { DiskCall } from '../support/simulated-disk-calls.ts'
import { append, openLog, RECORD_BYTES } from './retire-kit.ts'

const RETIRED = expect.objectContaining({ code: 'ERR_RINGWAL_RETIRED' })
const SETTINGS = { spareSegments: 3 } as const

/** Has `act` called before one call of a reader. */
function before(disk: SimulatedDisk, isIt: (call: DiskCall, number: number) => boolean, act: () => void): void {
  let number = 0
  disk.faults = {
    onCall: (_operation, _number, call) => {
      if (!isIt(call, ++number)) return undefined
      disk.faults = undefined
      act()
      return undefined
    },
  }
}

/** Retires all that can be, and writes over the files of what was retired. */
function overwrite(log: LogHarness): void {
  log.truncateBefore(log.durable + 1)
  append(log, 17)
}

function expectRight(entries: readonly { lsn: number; type: number; bytes: Uint8Array }[]): void {
  expect(entries.map(({ lsn }) => lsn)).toEqual(range(entries[0]?.lsn ?? 0, entries.length))
  for (const { lsn, type, bytes } of entries) {
    expect(type).toBe(lsn)
    expect(Buffer.compare(bytes, payload(RECORD_BYTES, lsn))).toBe(0)
  }
}

describe('a reader whose segments are retired, and written over, before any one of its calls', () => {
  it.each<ReadOptions>([
    {},
    { from: 7 },
    { onDamage: 'skip' },
    { from: 3, to: 9, onDamage: () => expect.fail('damage') },
  ])('gets records as they were, or ERR_RINGWAL_RETIRED (%o)', (options) => {
    let retired = 0
    for (let at = 1; ; at++) {
      const log = openLog(18, SETTINGS)
      before(
        log.disk,
        (_, number) => number === at,
        () => overwrite(log),
      )
      const entries: ReturnType<typeof readEntries> = []
      const error = thrownBy(() => {
        for (const entry of eachEntry(log.disk, options)) entries.push(entry)
      })
      if (log.disk.faults !== undefined) break
      expectRight(entries)
      if (error === undefined) continue
      expect(error).toEqual(RETIRED)
      expect((error as { file: string }).file).toMatch(/^0+[1-5]\.rwal$/)
      retired++
    }
    expect(retired).toBeGreaterThan(2)
  })

  it('in the middle of a segment, ends with an error that says which', () => {
    const log = openLog(18, SETTINGS)
    const entries = eachEntry(log.disk)
    expect([entries.next().value!.lsn, entries.next().value!.lsn]).toEqual([1, 2])
    overwrite(log)
    const lsns: number[] = [2]
    const error = thrownBy(() => {
      for (const { lsn } of entries) lsns.push(lsn)
    })
    expect(lsns).toEqual(range(2, lsns.length))
    expect(lsns.at(-1)).toBeLessThanOrEqual(4)
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_RETIRED', file: '00000000000000000002.rwal', firstLsn: 5 })
  })
})

describe('a listing', () => {
  it('made while segments are retired and begun anew is that of one moment, without a problem', () => {
    for (let at = 1; ; at++) {
      const log = openLog(18, SETTINGS)
      before(
        log.disk,
        (_, number) => number === at,
        () => overwrite(log),
      )
      const { segments, problems } = viewLog(readPorts(log.disk), LOG_DIR)
      if (log.disk.faults !== undefined) return expect(at).toBeGreaterThan(20)
      expect(problems).toEqual([])
      const numbers = segments.map(({ number }) => number)
      expect(numbers).toEqual(range(numbers[0]!, numbers.length))
    }
  })
})

describe('a survey', () => {
  it('of a log that is retired under it tells of no damage and no torn tail', () => {
    let retired = 0
    for (let at = 1; ; at++) {
      const log = openLog(18, SETTINGS)
      const ports = readPorts(log.disk)
      const listing = viewLog(ports, LOG_DIR)
      before(
        log.disk,
        (_, number) => number === at,
        () => overwrite(log),
      )
      const surveys: ReturnType<typeof surveyListing> = []
      const error = thrownBy(() => surveys.push(...surveyListing(ports, listing)))
      if (log.disk.faults !== undefined) break
      if (error !== undefined) expect(error).toEqual(RETIRED)
      else expect(surveys.flatMap(({ damage, tornTail }) => [...damage, tornTail ?? []])).toEqual([[], [], [], [], []])
      if (error !== undefined) retired++
    }
    expect(retired).toBeGreaterThan(3)
  })

  it('of a last segment that was retired since it was listed is refused, and not taken for the end of the log', () => {
    const log = openLog(6, SETTINGS)
    const ports = readPorts(log.disk)
    const listing = viewLog(ports, LOG_DIR)
    append(log, 8)
    log.truncateBefore(15)
    append(log, 8)
    expect(() => surveyListing(ports, listing)).toThrow(RETIRED)
  })
})

describe('a log opened to be read only', () => {
  it('while another process retires segments comes up with what is left', () => {
    for (let at = 1; ; at++) {
      const log = openLog(18, SETTINGS)
      before(
        log.disk,
        (_, number) => number === at,
        () => overwrite(log),
      )
      const ports = { ...readPorts(log.disk), checker, clock: new ManualClock() }
      const settings = { dir: LOG_DIR, recover: 'read-only', verifyBytes: 2 ** 40, useBigInt64: undefined } as const
      const report = observeLog(ports, settings)
      if (log.disk.faults !== undefined) return expect(at).toBeGreaterThan(20)
      expect(report.damage).toEqual([])
    }
  })
})

describe('a follower', () => {
  /** @returns the LSNs up to an error, or up to `count` of them */
  async function follow(disk: SimulatedDisk, count: number, each: (lsn: number) => void): Promise<[number[], unknown]> {
    const lsns: number[] = []
    try {
      for await (const { lsn } of followLog(readPorts(disk), LOG_DIR, planRead({ follow: true, pollMs: 1 }))) {
        lsns.push(lsn)
        each(lsn)
        if (lsns.length === count) break
      }
    } catch (error) {
      return [lsns, error]
    }
    return [lsns, undefined]
  }

  it('goes on through segments that are retired right behind it', async () => {
    const log = openLog(2, SETTINGS)
    append(log, 1)
    const [lsns, error] = await follow(log.disk, 60, (lsn) => {
      if (lsn >= log.durable - 2) append(log, 5)
      log.truncateBefore(lsn + 1)
    })
    expect(error).toBeUndefined()
    expect(lsns).toEqual(range(1, 60))
    expect(log.control.counts.readCounts().recycledSegments).toBeGreaterThan(5)
  })

  it('that is too slow is told which LSNs it missed', async () => {
    const log = openLog(18, SETTINGS)
    const [lsns, error] = await follow(log.disk, 60, (lsn) => {
      if (lsn === 6) overwrite(log)
    })
    const missed = lsns.at(-1)! + 1
    expect(lsns).toEqual(range(1, lsns.length))
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_RETIRED', from: missed, to: 16, firstLsn: 17 })
  })

  it('begins where the log does', async () => {
    const log = openLog(18, SETTINGS)
    log.truncateBefore(12)
    expect(await follow(log.disk, 5, () => {})).toEqual([range(9, 5), undefined])
  })

  it('waits at stale bytes without reading on behind them at every look', async () => {
    const log = openLog(5)
    log.truncateBefore(5)
    append(log, 4)
    expect(log.control.counts.readCounts().recycledSegments).toBe(1)
    const enough = new AbortController()
    const { signal } = enough
    const lsns: number[] = []
    let reads = 0
    let looks = 0
    log.disk.faults = {
      onCall: (operation, _, { path, length }) => {
        if (path !== pathOf(3) || operation !== 'read' || length === 4096) return undefined
        if (length === 40 && ++looks > 20) enough.abort()
        if (length !== 40) reads++
        return undefined
      },
    }
    for await (const { lsn } of followLog(readPorts(log.disk), LOG_DIR, planRead({ follow: true, pollMs: 1, signal })))
      lsns.push(lsn)
    expect(lsns).toEqual(range(5, lsns.length))
    expect(reads).toBeLessThan(looks / 3)
  })
})
