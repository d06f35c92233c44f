import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { snapshotOf, TradingState } from '../../src/trading/index.ts'
import { auditLog } from '../../tools/demo/audit.ts'
import type { EngineRecord } from '../../tools/demo/engine-record.ts'
import { generatedEvents } from '../../tools/demo/events.ts'
import { emptyLanes } from '../../tools/demo/lane-lsns.ts'
import { roundsOf } from '../../tools/demo/rounds.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const STREAM = generatedEvents(1)
const COUNT = 50

/** Records as they could come in: each lane's in order, the lanes in turn, the last one quicker than the others. */
const RECORDS: readonly EngineRecord[] = (() => {
  const lanes = roundsOf(STREAM)
    .next()
    .value.map((batches: EngineRecord[][]) => batches.flat()) as EngineRecord[][]
  return Array.from({ length: COUNT }, (_, i) => lanes[i % 5 === 4 ? 3 : i % 5]!.shift()!)
})()

/** By lane, the LSNs of what is durable from the start up to `lsn`. */
function toldUpTo(lsn: number): number[][] {
  const lanes = emptyLanes()
  for (const [i, { lane }] of RECORDS.entries()) if (i < lsn) lanes[lane]!.push(i + 1)
  return lanes
}

describe('the audit of a log', () => {
  let dir: string
  beforeEach(() => {
    dir = temporaryDirectory()
  })

  async function writeLog(change: (record: EngineRecord, lsn: number) => EngineRecord | undefined): Promise<void> {
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    for (const [i, record] of RECORDS.entries()) {
      const { value, type, key } = change(record, i + 1) ?? {}
      if (type !== undefined) wal.append(value, { type, key: key! })
    }
    await wal.close()
  }

  it('finds nothing wrong where nothing is, and tells the state of the model', async () => {
    await writeLog((record) => record)
    const state = new TradingState()
    for (const [i, record] of RECORDS.entries()) state.apply({ ...record, lsn: i + 1 })
    const digest = createHash('sha256').update(snapshotOf(state)).digest('hex')
    const lsns = toldUpTo(COUNT)
    for (const told of [lsns, toldUpTo(20), emptyLanes()]) {
      expect(await auditLog(dir, STREAM, told)).toEqual({ recovered: COUNT, lost: 0, problem: undefined, digest, lsns })
    }
  })

  it('counts acknowledged events that are not there', async () => {
    await writeLog((record) => record)
    const told = toldUpTo(COUNT)
    told[0]!.push(51, 53)
    told[2]!.push(52)
    const audit = await auditLog(dir, STREAM, told)
    expect(audit).toMatchObject({ recovered: COUNT, lost: 3, problem: 'LSN 51 was acknowledged and is missing' })
  })

  it('counts an acknowledged event that is missing in the middle, where others have moved up', async () => {
    await writeLog((record, lsn) => (lsn === 20 ? undefined : record))
    const audit = await auditLog(dir, STREAM, toldUpTo(25))
    expect(audit.lost).toBeGreaterThan(0)
    expect(audit.problem).toContain('LSN 20 holds')
  })

  it('counts an acknowledged event that came back changed', async () => {
    const changed = (value: unknown): unknown => ({ ...(value as object), total_volume: 12_345 })
    await writeLog((record, lsn) => (lsn === 20 ? { ...record, value: changed(record.value) } : record))
    const audit = await auditLog(dir, STREAM, toldUpTo(COUNT))
    expect(audit).toMatchObject({ recovered: COUNT, lost: 1, problem: expect.stringContaining('LSN 20 holds') })
  })

  it.each([{ type: 5 }, { key: 5 }])('sees a record that has another %j', async (other) => {
    await writeLog((record, lsn) => (lsn === 20 ? { ...record, ...other } : record))
    expect(await auditLog(dir, STREAM, toldUpTo(COUNT))).toMatchObject({ lost: 1 })
  })

  it('tells of a changed event that was not acknowledged, and counts it not as lost', async () => {
    await writeLog((record, lsn) => (lsn === 20 ? { ...record, type: 0, value: 'something else' } : record))
    const audit = await auditLog(dir, STREAM, toldUpTo(19))
    expect(audit).toMatchObject({ lost: 0, problem: expect.stringContaining('LSN 20 holds') })
  })

  it('counts what stands behind damage as lost', async () => {
    await writeLog((record) => record)
    const path = join(dir, readdirSync(dir).find((name) => name.endsWith('.rwal'))!)
    const bytes = readFileSync(path)
    bytes[4096 + 100]! ^= 1
    writeFileSync(path, bytes)
    const audit = await auditLog(dir, STREAM, toldUpTo(COUNT))
    expect(audit.problem).toContain('ERR_RINGWAL_DAMAGED')
    expect(audit.lost).toBe(COUNT - audit.recovered)
    expect(audit.recovered).toBeLessThan(3)
  })
})
