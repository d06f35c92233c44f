/** Processes killed while they append and cut: the log opens by itself, and ends at the cut or where it ended before it. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readWal, verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { killedVictim } from '../support/killed-victim.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const VICTIM = fileURLToPath(new URL('cutting-victim.js', import.meta.url))
const KILLS = 5

describe('a cutting process', () => {
  it('killed again and again leaves what was to be left', async () => {
    const dir = temporaryDirectory()
    const random = new SeededRandom(1)
    for (let kill = 0; kill < KILLS; kill++) {
      // Odd lines are said right before a cut.
      const [durable, cut] = await killedVictim(VICTIM, [dir], 1 + 2 * random.between(0, 2), random.below(120))
      await using wal = await Wal.open({ dir, segmentBytes: 65_536 })
      const { firstLsn, lastLsn, damage } = wal.recovery
      expect({ firstLsn, damage }).toEqual({ firstLsn: 1, damage: [] })
      expect(lastLsn).toBeGreaterThanOrEqual(cut === 0 ? durable : cut)
      let next = 1
      for await (const { lsn, bytes } of readWal(dir)) {
        expect(lsn).toBe(next++)
        expect(Buffer.from(bytes).readDoubleLE()).toBe(lsn)
      }
      expect(next).toBe(lastLsn + 1)
      await wal.close()
      expect(await verifyLog(dir)).toMatchObject({ ok: true, lastLsn })
    }
  })
})
