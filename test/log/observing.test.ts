import { describe, expect, it } from 'vitest'
import { verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { damageRecord, destroyHeader, logOf, lsnsOf, segmentPath, stateOf, tearTail } from './damaged-log.ts'

const OBSERVING = expect.objectContaining({ code: 'ERR_RINGWAL_OBSERVING' })

describe('a log that opening would refuse, with observe: damage', () => {
  it.each([
    ['a damaged record', 'tail', (dir: string) => damageRecord(dir, 2), [1, 3, 4, 5], 'payload', 'ERR_RINGWAL_DAMAGED'],
    ['no header', 'skip-damaged', destroyHeader, [1, 2, 3, 4, 5], 'segment-header', 'ERR_RINGWAL_DAMAGED'],
    ['a torn tail', 'strict', (dir: string) => tearTail(dir, 4), [1, 2, 3], 'torn-tail', 'ERR_RINGWAL_DAMAGED'],
  ] as const)(
    '(%s, under %s) opens, locked and readable, and takes nothing',
    async (_, recover, harm, readable, kind, code) => {
      const dir = await logOf(5)
      harm(dir)
      await expect(Wal.open({ dir, recover })).rejects.toMatchObject({ code, class: kind })
      const before = stateOf(segmentPath(dir).replace(/\/[^/]*$/, ''))
      const wal = await Wal.open({ dir, recover, observe: 'damage' })
      const { observing } = wal.recovery
      expect(observing?.reasons).toEqual([expect.objectContaining({ class: kind, code })])
      expect(Math.abs(Date.parse(observing!.since) - Date.now())).toBeLessThan(60_000)
      expect(wal.stats()).toMatchObject({ state: 'observing', ringBytes: 0 })
      expect(() => wal.append('x')).toThrow(
        expect.objectContaining({
          code: 'ERR_RINGWAL_OBSERVING',
          class: kind,
          reasons: observing?.reasons,
          since: observing?.since,
          command: `ringwal verify ${dir}`,
          message: expect.stringMatching(/under observation since .*ringwal verify .*wal\.resume\(\)/),
        }),
      )
      await expect(wal.appendDurable('x')).rejects.toEqual(OBSERVING)
      expect(() => wal.producer()).toThrowError(OBSERVING)
      await expect(wal.durable(6)).rejects.toEqual(OBSERVING)
      await expect(Wal.open({ dir })).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
      expect(await lsnsOf(wal)).toEqual(readable)
      await wal.close()
      expect(wal.stats().state).toBe('closed')
      const files = (state: unknown): unknown =>
        (state as { files: { name: string }[] }).files.filter(({ name }) => name.endsWith('.rwal'))
      expect(files(stateOf(dir))).toEqual(files(before))
    },
  )

  it('opens as ever where nothing stands in the way', async () => {
    await using wal = await Wal.open({ dir: await logOf(5), observe: 'damage' })
    expect(wal.recovery.observing).toBeNull()
    expect(await wal.appendDurable('x')).toBe(6)
    expect(await wal.resume()).toBe(wal.recovery)
  })

  it('is still refused for what is no damage: an option, a lock', async () => {
    const dir = await logOf(1)
    const open = (): Promise<Wal> => Wal.open({ dir, observe: 'damage', useBigInt64: true })
    await expect(open()).rejects.toMatchObject({ option: 'useBigInt64' })
    await using wal = await Wal.open({ dir })
    await expect(Wal.open({ dir, observe: 'always' })).rejects.toMatchObject({ code: 'ERR_RINGWAL_LOCKED' })
    expect(wal.stats().state).toBe('open')
  })
})

describe('a log with observe: always', () => {
  it('comes up under observation, is replayed, and then goes live where it stands', async () => {
    const dir = await logOf(5)
    tearTail(dir, 5)
    const wal = await Wal.open({ dir, observe: 'always', segmentBytes: 65536 })
    expect(wal.recovery).toMatchObject({ tornTail: { fromLsn: 5 }, lastLsn: 4, observing: { reasons: [] } })
    expect(wal.lastLsn).toBe(4)
    expect(() => wal.append('x')).toThrow(/by wish/)
    expect(await lsnsOf(wal)).toEqual([1, 2, 3, 4])
    const report = await wal.resume()
    expect(report).toMatchObject({ mode: 'tail', lastLsn: 4, observing: null, tornTail: { fromLsn: 5 } })
    expect(wal.recovery).toBe(report)
    expect(await wal.appendDurable('five')).toBe(5)
    expect(wal.stats()).toMatchObject({ state: 'open', durableLsn: 5, ringBytes: 16 << 20 })
    await wal.close()
    expect((await verifyLog(dir)).ok).toBe(true)
    expect(await lsnsOf(dir)).toEqual([1, 2, 3, 4, 5])
  })

  it('opens where no log was, and begins one when it is resumed', async () => {
    await using wal = await Wal.open({ dir: `${temporaryDirectory()}/new`, observe: 'always' })
    expect(await lsnsOf(wal)).toEqual([])
    await wal.resume()
    expect(await wal.appendDurable('x')).toBe(1)
  })
})
