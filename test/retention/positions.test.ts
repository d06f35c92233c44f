/** The files of consumers' positions, on a simulated disk: whole or not there, and never passed over in silence. */
import { describe, expect, it } from 'vitest'
import { encodePosition, type PositionRecord } from '../../src/format/index.ts'
import { listPositions, removeUnfinishedPositions, writePosition } from '../../src/retention/position-files.ts'
import { markRetiring, removeRetiringMarks, retiringLsn } from '../../src/retention/retiring-mark.ts'
import { STATE_OPEN } from '../../src/wal/control-layout.ts'
import { openLog } from '../retire/retire-kit.ts'
import { checker, LOG_DIR } from '../support/log-harness.ts'
import { thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { crashStates, dropAll } from '../support/simulated-disk-crash.ts'
import { PlannedFaults } from '../support/simulated-disk-faults.ts'
import { keep, run, segmentsOn, turn } from './retention-kit.ts'

const RECORD: PositionRecord = {
  logId: '00112233445566778899aabbccddeeff',
  name: 'orders-2_x',
  lsn: 2 ** 53 - 1,
  set: 1_700_000_000_123_456_789n,
}

function lsns(disk: SimulatedDisk): Record<string, number | string | null> {
  const found = listPositions({ fs: disk, checker }, LOG_DIR, undefined)
  return Object.fromEntries(found.map(({ name, lsn, unusable }) => [name, lsn ?? unusable]))
}

describe('a position', () => {
  it('is set, moved, and dropped, each by its name', () => {
    const kept = keep(openLog(12), { maxSegments: 9 })
    run(kept.positions.change({ do: 'set', name: 'b', lsn: 4 }))
    run(kept.positions.change({ do: 'set', name: 'a', lsn: 0 }))
    run(kept.positions.change({ do: 'set', name: 'b', lsn: 11 }))
    expect(listPositions({ fs: kept.log.disk, checker }, LOG_DIR, kept.log.recovered.logId)).toEqual([
      { name: 'a', lsn: 0, set: '2023-11-14T22:13:20.000Z', unusable: null },
      { name: 'b', lsn: 11, set: '2023-11-14T22:13:20.000Z', unusable: null },
    ])
    expect(run(kept.positions.change({ do: 'drop', name: 'a' }))).toBe(true)
    expect(run(kept.positions.change({ do: 'drop', name: 'a' }))).toBe(false)
    expect(lsns(kept.log.disk.crash(dropAll))).toEqual({ b: 11 })
  })

  it('of records that are gone is refused', () => {
    const log = openLog(12)
    const kept = keep(log, { maxSegments: 2 })
    turn(kept)
    expect(segmentsOn(kept)).toEqual([2, 3])
    const set = (lsn: number): unknown => thrownBy(() => run(kept.positions.change({ do: 'set', name: 'a', lsn })))
    expect(set(3)).toMatchObject({ code: 'ERR_RINGWAL_RETIRED', lsn: 3, firstLsn: 5 })
    expect(lsns(log.disk)).toEqual({})
    expect(set(4)).toBeUndefined()
  })

  it.each<[string, RegExp, (disk: SimulatedDisk, path: string) => void]>([
    ['with a bit wrong', /does not verify/, (disk, path) => disk.flipBit(path, 40, 3)],
    ['empty', /does not verify/, (disk, path) => disk.writeFile(path, new Uint8Array(0))],
    ['longer', /does not verify/, (disk, path) => disk.writeFile(path, new Uint8Array([...disk.readFile(path), 0]))],
    [
      'that is a link',
      /symbolic link|ELOOP/,
      (disk, path) => {
        disk.remove(path)
        disk.makeLink(path)
      },
    ],
    [
      'that is a FIFO',
      /not a regular file|EINVAL/,
      (disk, path) => {
        disk.remove(path)
        disk.makeFifo(path)
      },
    ],
    [
      "that is another's",
      /that of b/,
      (disk, path) => disk.writeFile(path, encodePosition({ ...RECORD, name: 'b', lsn: 5 }, checker)),
    ],
    [
      'of another log',
      /belongs to log 00112233/,
      (disk, path) => disk.writeFile(path, encodePosition({ ...RECORD, name: 'a', lsn: 5 }, checker)),
    ],
  ])('%s holds everything, and is told, once', (_, why, spoil) => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    run(kept.positions.change({ do: 'set', name: 'a', lsn: 20 }))
    spoil(log.disk, `${LOG_DIR}/a.position`)
    for (let i = 0; i < 3; i++) {
      kept.keeper.hurry()
      turn(kept)
    }
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4, 5])
    expect(kept.warnings).toEqual([expect.stringMatching(why)])
    expect(kept.held).toEqual([expect.objectContaining({ by: 'position a', neededLsn: 0 })])
    // Whoever knows better sets it anew.
    run(kept.positions.change({ do: 'set', name: 'a', lsn: 20 }))
    kept.keeper.hurry()
    turn(kept)
    expect(segmentsOn(kept)).toEqual([4, 5])
  })

  it('above what is durable holds everything: what came there then was never seen by anybody', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    const record = { ...RECORD, logId: log.recovered.logId, name: 'a', lsn: 21 }
    log.disk.writeFile(`${LOG_DIR}/a.position`, encodePosition(record, checker))
    turn(kept)
    expect(segmentsOn(kept)).toEqual([1, 2, 3, 4, 5])
    expect(kept.warnings).toEqual([expect.stringMatching(/position a: it is LSN 21, and LSN 20 is the last/)])
  })
})

describe('a position that is set while segments are retired', () => {
  it('is seen by who retires, or sees that, at whatever call it comes', () => {
    let kept = 0
    let refused = 0
    for (let at = 1; ; at++) {
      const log = openLog(20)
      const retention = keep(log, { maxSegments: 2 })
      const record = { ...RECORD, logId: log.recovered.logId, name: 'late', lsn: 6 }
      const lot = 'fedcba9876543210'
      let calls = 0
      let retiring: number | undefined
      let first = 0
      log.disk.faults = {
        onCall: () => {
          if (++calls !== at) return undefined
          // Another process, all at once: it writes, and then looks.
          log.disk.faults = undefined
          writePosition({ fs: log.disk, checker }, LOG_DIR, record, lot, () => {})
          retiring = retiringLsn(log.disk, LOG_DIR)
          first = segmentsOn(retention)[0]!
          return undefined
        },
      }
      turn(retention)
      log.disk.faults = undefined
      if (retiring === undefined) break
      const isThere = segmentsOn(retention)[0]! <= 2
      if (isThere) kept++
      else if (retiring > 7) refused++
      // Else all was done, and it finds that its records are gone.
      else expect(first).toBeGreaterThan(2)
      expect(retiringLsn(log.disk, LOG_DIR)).toBe(0)
    }
    expect(kept).toBeGreaterThan(5)
    expect(refused).toBeGreaterThan(5)
  })

  it('does not wait for a process that died: the next opening takes its mark away', () => {
    const { disk } = openLog(4)
    markRetiring(disk, LOG_DIR, 9)
    markRetiring(disk, LOG_DIR, 9)
    expect(retiringLsn(disk, LOG_DIR)).toBe(9)
    run(removeRetiringMarks(disk, LOG_DIR))
    expect(retiringLsn(disk, LOG_DIR)).toBe(0)
  })
})

describe('a power cut', () => {
  it('at any call leaves the old position or the new one, and what it holds', () => {
    const log = openLog(20)
    const kept = keep(log, { maxSegments: 2 })
    run(kept.positions.change({ do: 'set', name: 'a', lsn: 5 }))
    let allowed: readonly (number | undefined)[] = [5]
    let states = 0
    const broken: unknown[] = []
    log.disk.faults = {
      onCall: () => {
        for (const state of crashStates(log.disk, 20, ++states)) {
          const found = lsns(state)['a']
          if (!allowed.includes(found as number | undefined)) broken.push(found)
        }
        return undefined
      },
    }
    for (const [from, to] of [
      [5, 9],
      [9, 20],
      [20, 1],
    ] as const) {
      allowed = [from, to]
      run(kept.positions.change({ do: 'set', name: 'a', lsn: to }))
      allowed = [to]
      log.disk.syncDirectory('/')
    }
    allowed = [1, undefined]
    run(kept.positions.change({ do: 'drop', name: 'a' }))
    allowed = [undefined]
    log.disk.syncDirectory('/')
    expect(broken).toEqual([])
    expect(states).toBeGreaterThan(25)
  })

  it('leaves no more than a file that an opening an hour later takes away', () => {
    const log = openLog(4)
    const kept = keep(log, { maxSegments: 2 })
    log.disk.faults = new PlannedFaults({ operation: 'rename', at: 1, fault: { errno: 'EIO' } })
    expect(thrownBy(() => run(kept.positions.change({ do: 'set', name: 'a', lsn: 1 })))).toMatchObject({
      code: 'ERR_RINGWAL_IO',
    })
    log.disk.faults = undefined
    expect(log.disk.list(LOG_DIR).filter((name) => name.endsWith('.unfinished'))).toEqual([])
    const left = `${LOG_DIR}/.a.position.0123456789abcdef.unfinished`
    log.disk.writeFile(left, new Uint8Array(3))
    const written = log.disk.statPath(left)!.modifiedMs
    for (const [later, isThere] of [
      [3_599_000, true],
      [3_600_001, false],
    ] as const) {
      run(removeUnfinishedPositions(log.disk, LOG_DIR, written + later))
      expect(log.disk.statPath(left) !== undefined).toBe(isThere)
    }
  })
})

describe('a call that fails while a position is set', () => {
  it.each(['open', 'write', 'syncAll', 'close', 'rename', 'syncDirectory', 'list', 'read'] as const)(
    '%s: it is not said to be set; the log goes on, unless it was its directory that could not be synced',
    (operation) => {
      for (let at = 1; ; at++) {
        const log = openLog(20)
        const kept = keep(log, { maxSegments: 9 })
        run(kept.positions.change({ do: 'set', name: 'a', lsn: 5 }))
        const faults = new PlannedFaults({ operation, at, fault: { errno: 'EIO', progress: 7 } })
        log.disk.faults = faults
        const error = thrownBy(() => run(kept.positions.change({ do: 'set', name: 'a', lsn: 9 })))
        log.disk.faults = undefined
        if (faults.hits === 0) break
        const poisons = operation === 'syncDirectory'
        expect(error).toMatchObject({ code: poisons ? 'ERR_RINGWAL_POISONED' : 'ERR_RINGWAL_IO' })
        expect(log.control.state === STATE_OPEN).toBe(!poisons)
        expect([5, 9]).toContain(lsns(log.disk)['a'])
      }
    },
  )
})
