import { describe, expect, it } from 'vitest'
import type { Damage } from '../../src/read/damage.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { edit, framesIn, logOf, pathOf, recordIn } from '../support/log-images.ts'
import { eachEntry, payload, range, readEntries, readLsns, thrownBy } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

/** Fourteen records in four segments, with records 3 and 6 damaged. */
function damagedLog(): SimulatedDisk {
  const disk = logOf(14)
  disk.flipBit(pathOf(1), recordIn(disk, 1, 3).offset + 100, 1)
  disk.flipBit(pathOf(2), recordIn(disk, 2, 6).offset + 100, 1)
  return disk
}

const REST = [1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14]

describe('a reader that meets damage', () => {
  it('stops by default, after it gave out what stands before', () => {
    const disk = damagedLog()
    const seen: number[] = []
    const error = thrownBy(() => {
      for (const { lsn } of eachEntry(disk)) seen.push(lsn)
    })
    expect(seen).toEqual([1, 2])
    const where = { file: '00000000000000000001.rwal', offset: recordIn(disk, 1, 3).offset, lostFrom: 3, lostTo: 3 }
    expect(error).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', ...where, class: 'payload' })
  })

  it('goes on behind it under skip', () => {
    expect(readLsns(damagedLog(), { onDamage: 'skip' })).toEqual(REST)
  })

  it('tells a function of each place, in order, and goes on', () => {
    const told: Damage[] = []
    const disk = damagedLog()
    expect(readLsns(disk, { onDamage: (damage) => told.push(damage) })).toEqual(REST)
    expect(told.map(({ segment, offset, lostFrom, lostTo }) => [segment, offset, lostFrom, lostTo])).toEqual([
      ['00000000000000000001.rwal', recordIn(disk, 1, 3).offset, 3, 3],
      ['00000000000000000002.rwal', recordIn(disk, 2, 6).offset, 6, 6],
    ])
  })

  it('passes on what that function throws', () => {
    const refuse = (): never => {
      throw new TypeError('enough')
    }
    expect(thrownBy(() => readLsns(damagedLog(), { onDamage: refuse }))).toBeInstanceOf(TypeError)
  })

  it('that asks for records behind it only is not stopped by it', () => {
    expect(readLsns(damagedLog(), { from: 7 })).toEqual(range(7, 8))
  })

  it('that asks for records before it only is not stopped by it', () => {
    expect(readLsns(damagedLog(), { to: 2 })).toEqual([1, 2])
    expect(readLsns(damagedLog(), { from: 4, to: 5 })).toEqual([4, 5])
  })

  it('gives the very bytes of the records beside it', () => {
    for (const entry of readEntries(damagedLog(), { onDamage: 'skip' })) {
      expect(Buffer.compare(entry.bytes, payload(900, entry.lsn))).toBe(0)
      expect(entry.type).toBe(entry.lsn)
    }
  })
})

describe('damage at the end of a sealed segment', () => {
  it('is told with the last LSN that it cost', () => {
    const disk = logOf(10)
    edit(disk, pathOf(1), (bytes) => void bytes.fill(0, recordIn(disk, 1, 3).offset))
    const told: Damage[] = []
    expect(readLsns(disk, { onDamage: (damage) => told.push(damage) })).toEqual([1, 2, ...range(5, 6)])
    expect(told).toMatchObject([{ class: 'zeros', lostFrom: 3, lostTo: 4 }])
  })
})

describe('damage that cost no record', () => {
  it('is told all the same', () => {
    const disk = logOf(10)
    const mark = framesIn(disk, 1).find(({ kind }) => kind === 2)!
    disk.flipBit(pathOf(1), mark.offset + 20, 1)
    const told: Damage[] = []
    expect(readLsns(disk, { onDamage: (damage) => told.push(damage) })).toEqual(range(1, 10))
    expect(told).toMatchObject([{ offset: mark.offset, bytes: 40, lostFrom: 0, lostTo: 0 }])
  })
})

describe('a directory that is no whole log', () => {
  it('stops a reader, or is told and read around', () => {
    const disk = logOf(14)
    disk.remove(pathOf(2))
    expect(thrownBy(() => readLsns(disk))).toMatchObject({ code: 'ERR_RINGWAL_SEGMENTS', class: 'missing-segment' })
    const told: Damage[] = []
    expect(readLsns(disk, { onDamage: (damage) => told.push(damage) })).toEqual([...range(1, 4), ...range(9, 6)])
    expect(told).toMatchObject([{ class: 'missing-segment', segment: '00000000000000000001.rwal', lostTo: 8 }])
  })

  it('that is not there is ERR_RINGWAL_NOT_FOUND', () => {
    expect(thrownBy(() => readEntries(logOf(1), {}, '/none'))).toMatchObject({
      code: 'ERR_RINGWAL_NOT_FOUND',
      path: '/none',
    })
  })
})

describe('one segment file', () => {
  it('is read by itself', () => {
    const disk = damagedLog()
    expect(readEntries(disk, {}, pathOf(3)).map(({ lsn }) => lsn)).toEqual([9, 10, 11, 12])
    expect(thrownBy(() => readEntries(disk, {}, pathOf(1)))).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', lostFrom: 3 })
    disk.writeFile(`${LOG_DIR}/other`, Uint8Array.of(1, 2, 3))
    expect(thrownBy(() => readEntries(disk, {}, `${LOG_DIR}/other`))).toMatchObject({ class: 'segment-header' })
  })
})
