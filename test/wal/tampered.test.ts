/** Rule R23: somebody cuts, removes or replaces a segment under the open log. No call of the system fails for it. */
import { describe, expect, it } from 'vitest'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import { STATE_CLOSED, STATE_POISONED } from '../../src/wal/control-layout.ts'
import { type HarnessSettings, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { edit, logOf, pathOf, recordIn, SMALL } from '../support/log-images.ts'
import { payload, readLsns } from '../support/log-records.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const LARGE = { policy: 'always', segmentBytes: 1 << 20, ringBytes: 1 << 16 } as const

function append(log: LogHarness, count = 1, bytes = 900): void {
  for (let i = 0; i < count; i++) {
    log.appender.appendBytes(payload(bytes, i))
    log.settle()
  }
}

/** A log with 20 durable records in segment 1, looked at just now. */
function openLog(settings: HarnessSettings = LARGE): LogHarness {
  const log = LogHarness.open(new SimulatedDisk(), settings)
  log.makeSpares()
  append(log, 19)
  log.clock.advance(1000)
  append(log)
  log.flush()
  expect(log.durable).toBe(20)
  return log
}

function cut(disk: SimulatedDisk, path: string, size: number): void {
  const file = disk.open(path, 'write')
  disk.truncate(file, size)
  disk.close(file)
}

/** In place, and without a change of size. */
function zero(disk: SimulatedDisk, from: number): void {
  edit(disk, pathOf(1), (bytes) => void bytes.fill(0, from))
}

/** The same bytes in another file. */
function copyOver(disk: SimulatedDisk, path: string): void {
  disk.writeFile('/copy', disk.readFile(path))
  disk.rename('/copy', path)
}

type Tampering = readonly [name: string, found: string, act: (disk: SimulatedDisk) => void]

const TAMPERINGS: readonly Tampering[] = [
  ['emptied', 'truncated', (disk) => cut(disk, pathOf(1), 0)],
  ['cut behind its header', 'truncated', (disk) => cut(disk, pathOf(1), HEADER_PAGE_BYTES)],
  ['cut between records', 'truncated', (disk) => cut(disk, pathOf(1), recordIn(disk, 1, 10).offset)],
  ['cut inside its last record', 'truncated', (disk) => cut(disk, pathOf(1), recordIn(disk, 1, 20).offset + 8)],
  ['overwritten with an older copy', 'overwritten', (disk) => zero(disk, recordIn(disk, 1, 15).offset)],
  ['removed', 'missing', (disk) => disk.remove(pathOf(1))],
  ['moved away', 'missing', (disk) => disk.rename(pathOf(1), `${LOG_DIR}/kept`)],
  ['replaced by a copy of itself', 'replaced', (disk) => copyOver(disk, pathOf(1))],
  ['removed, with a copy put in its place', 'replaced', copyAfterRemoval],
  ['moved with its directory', 'missing', (disk) => disk.rename(LOG_DIR, '/moved')],
  ['replaced with its directory', 'replaced', replaceDirectory],
]

function copyAfterRemoval(disk: SimulatedDisk): void {
  const bytes = disk.readFile(pathOf(1))
  disk.remove(pathOf(1))
  disk.writeFile(pathOf(1), bytes)
}

function replaceDirectory(disk: SimulatedDisk): void {
  const bytes = disk.readFile(pathOf(1))
  disk.rename(LOG_DIR, '/moved')
  disk.makeDirectory(LOG_DIR)
  disk.writeFile(pathOf(1), bytes)
}

function expectPoisoned(log: LogHarness, found: string, durable: number): void {
  expect(log.control.failure).toMatchObject({
    code: 'ERR_RINGWAL_POISONED',
    cause: 'ERR_RINGWAL_TAMPERED',
    file: pathOf(1),
    found,
    durableLsn: durable,
    message: expect.stringContaining(`${pathOf(1)} was changed by somebody else`),
  })
  expect(log.durable).toBe(durable)
}

describe.each(TAMPERINGS)('a segment that is %s', (_, found, act) => {
  it('is found within a second of its writing on, before a record is acknowledged', () => {
    const log = openLog()
    act(log.disk)
    log.clock.advance(999)
    append(log)
    expect(log.durable).toBe(21)
    log.clock.advance(1)
    append(log)
    expectPoisoned(log, found, 21)
  })

  it('is found at once when it ends, and no further segment is begun', () => {
    const log = openLog({ ...LARGE, segmentBytes: 1 << 15 })
    act(log.disk)
    append(log)
    const { durable } = log
    for (let i = 0; i < 40 && log.control.state !== STATE_POISONED; i++) append(log)
    expectPoisoned(log, found, log.durable)
    expect(log.durable).toBeGreaterThanOrEqual(durable)
    const names = log.disk.statPath(LOG_DIR) === undefined ? [] : log.disk.list(LOG_DIR)
    expect(names).not.toContain('00000000000000000002.rwal')
  })

  it('is found at close', () => {
    const log = openLog({ ...LARGE, policy: 'never' })
    act(log.disk)
    append(log)
    log.close()
    expectPoisoned(log, found, 20)
  })
})

describe.each([0, 1])('a segment that is cut, with %i made ahead,', (spareSegments) => {
  it.each([0, HEADER_PAGE_BYTES, 10_000, (1 << 20) - 8])('to %i bytes is found by its size', (size) => {
    const log = LogHarness.open(new SimulatedDisk(), { ...LARGE, spareSegments })
    log.makeSpares()
    append(log, 20)
    cut(log.disk, pathOf(1), size)
    append(log)
    log.clock.advance(1000)
    append(log)
    expect(log.control.failure).toMatchObject({ found: 'truncated', expectedBytes: 1 << 20, durableLsn: 21 })
  })
})

describe('a log whose newest segment goes away before a record is appended', () => {
  it.each(TAMPERINGS.slice(5))('(%s) begins no segment', (_, found, act) => {
    const disk = logOf(3)
    const log = LogHarness.open(disk, SMALL)
    act(disk)
    append(log)
    expectPoisoned(log, found, 3)
    expect(disk.calls.some(({ how }) => how === 'create')).toBe(false)
  })
})

describe('a look', () => {
  it('is taken once a second at most, however many batches are synced', () => {
    const log = openLog()
    const looks = (): number => log.disk.calls.filter(({ operation }) => operation === 'stat').length
    const before = looks()
    for (let i = 0; i < 500; i++) {
      append(log, 1, 10)
      log.clock.advance(1)
    }
    expect(looks()).toBe(before)
    for (let second = 1; second < 20; second++) {
      log.clock.advance(1000)
      append(log, 5, 10)
      expect(looks()).toBe(before + second)
    }
  })

  it.each([0, 1])('finds nothing wrong in an ordinary life, with %i segments made ahead', (spareSegments) => {
    const log = LogHarness.open(new SimulatedDisk({ recordCalls: false }), { ...SMALL, spareSegments })
    for (let i = 0; i < 200; i++) {
      if (i % 3 === 0) log.spares?.step()
      append(log, 1, i % 10 === 0 ? 0 : (i * 97) % 1500)
      log.pass((i * 331) % 1700)
    }
    log.close()
    expect(log.control.state).toBe(STATE_CLOSED)
    expect(readLsns(log.disk)).toHaveLength(200)
  })
})
