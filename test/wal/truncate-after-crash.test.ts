/** A power cut, or a failing call, while a log is cut: it is as it was, or it is cut when it is opened. */
import { describe, expect, it } from 'vitest'
import { checkpointName } from '../../src/format/index.ts'
import { cutName } from '../../src/truncate/cut-name.ts'
import { append } from '../retire/retire-kit.ts'
import { LOG_DIR, LogHarness, recover } from '../support/log-harness.ts'
import { pathOf, SMALL } from '../support/log-images.ts'
import { thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import type { Operation } from '../support/simulated-disk-calls.ts'
import { crashStates, dropAll } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { CLOSED, check, cut, lsnsOf, RECORDS } from './cut-kit.ts'

describe('a power cut', () => {
  it('at any call leaves the whole log, or one that is cut when it is opened', () => {
    const disk = CLOSED.fork()
    const wrong: string[] = []
    let states = 0
    let isAsked = false
    disk.faults = {
      onCall: () => {
        for (const state of crashStates(disk, 30, ++states)) {
          const why = check(state, isAsked)
          if (why !== undefined) wrong.push(why)
        }
        // Once its name is durable it is asked for.
        isAsked ||= disk.crash(dropAll).list(LOG_DIR).includes(cutName(2))
        return undefined
      },
    }
    cut(disk, 7)
    disk.faults = undefined
    expect(wrong).toEqual([])
    expect(isAsked).toBe(true)
    expect(states).toBeGreaterThan(40)
    expect(check(disk.crash(dropAll), true)).toBeUndefined()
  })

  it('during the opening that makes a cut to its end, too', () => {
    for (let stop = 1; ; stop++) {
      const disk = CLOSED.fork()
      const faults = new PlannedFaults({ operation: 'syncDirectory', at: 1 + stop, fault: { errno: 'EIO' } })
      disk.faults = faults
      const error = thrownBy(() => cut(disk, 7))
      disk.faults = undefined
      if (faults.hits === 0) break
      expect(error).toMatchObject({ code: 'ERR_RINGWAL_IO' })
      const again = disk.processDeath()
      const wrong: string[] = []
      again.faults = {
        onCall: () => {
          for (const state of crashStates(again, 6, stop)) {
            const why = check(state, false)
            if (why !== undefined) wrong.push(why)
          }
          return undefined
        },
      }
      recover(again, { recover: 'strict' })
      expect(wrong).toEqual([])
    }
  })
})

describe('a call that fails', () => {
  const operations: readonly Operation[] = [
    'open',
    'read',
    'write',
    'syncAll',
    'close',
    'rename',
    'syncDirectory',
    'remove',
    'list',
  ]
  it.each(operations)('%s: leaves the whole log, or a cut that the next opening makes', (operation) => {
    let hits = 0
    for (let at = 1; ; at++) {
      const disk = CLOSED.fork()
      const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO', progress: 10 } })
      disk.faults = faults
      const error = thrownBy(() => cut(disk, 7))
      disk.faults = undefined
      if (faults.hits === 0) break
      hits++
      if (error !== undefined)
        expect(error).toMatchObject({ code: expect.stringMatching(/_(IO|DAMAGED|SEGMENTS|OPTION)$/) })
      for (const state of [disk.processDeath(), ...crashStates(disk, 4, at)])
        expect(check(state, false)).toBeUndefined()
    }
    expect(hits).toBeGreaterThan(0)
  })
})

describe('a cut that stands beside a log', () => {
  function withCut(change: (disk: SimulatedDisk, path: string) => void): SimulatedDisk {
    const disk = CLOSED.fork()
    const faults = new PlannedFaults({ operation: 'syncDirectory', at: 2, fault: { errno: 'EIO' } })
    disk.faults = faults
    thrownBy(() => cut(disk, 7))
    disk.faults = undefined
    expect(disk.statPath(`${LOG_DIR}/${cutName(2)}`)).toBeDefined()
    change(disk, `${LOG_DIR}/${cutName(2)}`)
    return disk
  }

  it.each<[string, string, (disk: SimulatedDisk, path: string) => void]>([
    ['with a bit wrong', 'ERR_RINGWAL_DAMAGED', (disk, path) => disk.flipBit(path, 4200, 1)],
    [
      'without its end',
      'ERR_RINGWAL_DAMAGED',
      (disk, path) => disk.writeFile(path, disk.readFile(path).subarray(0, 5000)),
    ],
    [
      'with bytes behind its end',
      'ERR_RINGWAL_DAMAGED',
      (disk, path) => disk.writeFile(path, new Uint8Array([...disk.readFile(path), ...new Uint8Array(8)])),
    ],
    ['empty', 'ERR_RINGWAL_DAMAGED', (disk, path) => disk.writeFile(path, new Uint8Array(0))],
    ['under another number', 'ERR_RINGWAL_DAMAGED', (disk, path) => disk.rename(path, `${LOG_DIR}/${cutName(3)}`)],
    ['of a segment that is not this one', 'ERR_RINGWAL_SEGMENTS', (disk) => disk.rename(pathOf(2), '/aside')],
    ['twice', 'ERR_RINGWAL_SEGMENTS', (disk, path) => disk.writeFile(`${LOG_DIR}/${cutName(4)}`, disk.readFile(path))],
  ])('%s is refused, and nothing is given up for it', (_, code, change) => {
    const disk = withCut(change)
    const before = disk.list(LOG_DIR).length
    expect(thrownBy(() => recover(disk))).toMatchObject({ code })
    expect(disk.list(LOG_DIR)).toHaveLength(before)
  })

  it('gives up nothing that was written behind it, though it came back', () => {
    const disk = withCut(() => {})
    const bytes = disk.readFile(`${LOG_DIR}/${cutName(2)}`)
    const log = LogHarness.open(disk, SMALL)
    append(log, 5)
    log.close()
    const came = log.disk.processDeath()
    came.writeFile(`${LOG_DIR}/${cutName(2)}`, bytes)
    expect(recover(came, { recover: 'strict' }).report).toMatchObject({ lastLsn: 12, damage: [] })
    expect(came.list(LOG_DIR)).not.toContain(cutName(2))
  })

  it('was never finished, or is on its way out, is rubbish that an opening takes away', () => {
    const disk = CLOSED.fork()
    const rubbish = [
      `.${cutName(2)}.unfinished`,
      `${'9'.padStart(20, '0')}.rwal.given-up`,
      `${'9'.padStart(20, '0')}.rwck.given-up`,
    ]
    for (const name of rubbish) disk.writeFile(`${LOG_DIR}/${name}`, new Uint8Array(9))
    expect(recover(disk, { recover: 'strict' }).report.lastLsn).toBe(RECORDS)
    expect(disk.list(LOG_DIR).filter((name) => rubbish.includes(name))).toEqual([])
  })

  it('is left alone by who only looks', () => {
    const disk = withCut(() => {})
    const before = disk.print
    expect(lsnsOf(disk).length).toBeGreaterThanOrEqual(7)
    expect(disk.print).toBe(before)
    expect(disk.list(LOG_DIR)).toContain(checkpointName(6))
  })
})
