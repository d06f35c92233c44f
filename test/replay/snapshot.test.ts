/** A replay that begins with a snapshot gives what one from the beginning gives. */
import { describe, expect, it } from 'vitest'
import { logOf, pathOf } from '../support/log-images.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { keyedLog, reducerAt, replayDisk, textOf } from './replay-kit.ts'

const chunkBytes = 4096
const random = new SeededRandom(11)

/** The state up to an LSN, as a snapshot. */
async function snapshotOf(disk: SimulatedDisk, reducer: URL, lsn: number): Promise<{ lsn: number; bytes: Uint8Array }> {
  const { state, report } = await replayDisk(disk, { reducer, to: lsn, workers: 2, chunkBytes })
  return { lsn: report.lastLsn, bytes: Buffer.from(await textOf(reducer, state)) }
}

describe('a replay from a snapshot', () => {
  it.each([
    ['keyed', 'a reducer that restores a shard at a time'],
    ['undivided', 'a reducer that can only restore all'],
    ['global', 'a reducer with one state'],
  ])('gives the same state: %s, %s', async (name) => {
    const reducer = reducerAt(name)
    const disk = keyedLog(random, 300)
    const whole = await replayDisk(disk, { reducer, workers: 3, chunkBytes })
    const text = await textOf(reducer, whole.state)
    const { lastLsn } = whole.report
    for (const lsn of [0, 1, 17, 150, lastLsn - 1, lastLsn]) {
      const snapshot = await snapshotOf(disk, reducer, lsn)
      expect(snapshot.lsn).toBe(lsn)
      const { state, report } = await replayDisk(disk, { reducer, snapshot, workers: random.between(1, 8), chunkBytes })
      expect(await textOf(reducer, state), `from LSN ${lsn}`).toBe(text)
      expect(report).toMatchObject({ lastLsn, records: lastLsn - lsn, appliedLsn: lsn < lastLsn ? lastLsn : 0 })
    }
  })

  it('keeps its LSN where nothing behind it was asked for', async () => {
    const disk = keyedLog(random, 100)
    const snapshot = await snapshotOf(disk, reducerAt('keyed'), 60)
    const { state, report } = await replayDisk(disk, { reducer: reducerAt('keyed'), snapshot, to: 40 })
    expect(await textOf(reducerAt('keyed'), state)).toBe(Buffer.from(snapshot.bytes).toString())
    expect(report).toMatchObject({ records: 0, firstLsn: 0, lastLsn: 60, damage: [] })
  })

  it('is refused without a restore', async () => {
    const options = { reducer: reducerAt('typed'), snapshot: { lsn: 1, bytes: new Uint8Array(2) } }
    const error = { code: 'ERR_RINGWAL_OPTION', option: 'snapshot' }
    await expect(replayDisk(logOf(4), options)).rejects.toMatchObject(error)
  })

  it('that can not be restored is told of', async () => {
    const options = { reducer: reducerAt('keyed'), snapshot: { lsn: 1, bytes: Buffer.from('{"') } }
    const error = { code: 'ERR_RINGWAL_REDUCER', message: expect.stringMatching(/^restore of the reducer threw/) }
    await expect(replayDisk(logOf(4), options)).rejects.toMatchObject(error)
  })
})

describe('a log that does not meet its snapshot', () => {
  const reducer = reducerAt('keyed')
  const bytes = Buffer.from('[]')
  const gap = (lostFrom: number, lostTo: number) => ({ class: 'gap', lostFrom, lostTo })

  it('has lost what is between them, if it begins later', async () => {
    const disk = logOf(14)
    for (const segment of [1, 2]) disk.remove(pathOf(segment))
    const snapshot = { lsn: 5, bytes }
    await expect(replayDisk(disk, { reducer, snapshot })).rejects.toMatchObject({
      ...{ code: 'ERR_RINGWAL_DAMAGED', ...gap(6, 8) },
    })
    const { report } = await replayDisk(disk, { reducer, snapshot, onDamage: 'observe' })
    expect(report).toMatchObject({ damage: [gap(6, 8)], records: 6, lastLsn: 14 })
    expect(report.observing).toMatch(/^1 damaged place: gap damage at .*: LSN 6 to 8 lost$/)
    expect((await replayDisk(disk, { reducer, snapshot: { lsn: 8, bytes } })).report).toMatchObject({ damage: [] })
  })

  it('has lost its end, if it ends before', async () => {
    const disk = logOf(14)
    const { report } = await replayDisk(disk, { reducer, snapshot: { lsn: 20, bytes }, onDamage: 'skip' })
    expect(report).toMatchObject({ damage: [gap(15, 20)], records: 0, lastLsn: 20, observing: null })
    for (const segment of [1, 2, 3, 4]) disk.remove(pathOf(segment))
    const empty = replayDisk(disk, { reducer, snapshot: { lsn: 20, bytes } })
    await expect(empty).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', ...gap(1, 20) })
    expect((await replayDisk(disk, { reducer, snapshot: { lsn: 0, bytes } })).report).toMatchObject({ damage: [] })
  })
})
