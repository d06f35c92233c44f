/** Processes killed while they append, rotate, retire and recycle: the log opens by itself with all that was not given up. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readWal, verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { killedVictim } from '../support/killed-victim.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const VICTIM = fileURLToPath(new URL('truncating-victim.js', import.meta.url))
const KILLS = 6

describe('a truncating process', () => {
  it('killed again and again loses nothing from its cut on', async () => {
    const dir = temporaryDirectory()
    const random = new SeededRandom(1)
    let stale = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const [durable, cut] = await killedVictim(
        VICTIM,
        [dir, String(1 + (kill % 3))],
        random.between(1, 12),
        random.below(10),
      )
      const { ok, firstLsn, lastLsn, records, damage } = await verifyLog(dir)
      expect(damage).toEqual([])
      expect(ok).toBe(true)
      expect(firstLsn).toBeLessThanOrEqual(Math.max(1, cut))
      expect(lastLsn).toBeGreaterThanOrEqual(durable)
      expect(records).toBe(lastLsn - firstLsn + 1)
      let next = firstLsn
      for await (const { lsn, bytes } of readWal(dir)) {
        expect(lsn).toBe(next++)
        expect(Buffer.from(bytes).readDoubleLE()).toBe(lsn)
      }
      expect(next).toBe(lastLsn + 1)
      const wal = await Wal.open({ dir, segmentBytes: 65536, recover: 'strict' }).catch(() =>
        Wal.open({ dir, segmentBytes: 65536 }),
      )
      expect(wal.recovery).toMatchObject({ firstLsn, lastLsn, damage: [] })
      if (wal.recovery.tornTail?.stale) stale++
      await wal.close()
    }
    expect(stale).toBeGreaterThan(0)
  })
})
