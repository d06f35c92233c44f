import { describe, expect, it } from 'vitest'
import { SAMPLE_NAMES, sampleLog } from '../damage/sample-log.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { readEntries } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { harmed } from './harm.ts'
import { digestOf, OUT, recordsIn, repairOn, verifyOn } from './repair-kit.ts'

const CASES = Number(process.env['REPAIR_CASES'] ?? 100)

describe.each(SAMPLE_NAMES)('the log %s, harmed at random', (name) => {
  it('is repaired to exactly what verifies, and a second repair changes nothing', async () => {
    const log = sampleLog(name)
    for (let seed = 1; seed <= CASES; seed++) {
      const disk = harmed(log, seed)
      const before = verifyOn(disk, LOG_DIR)
      if (before.segments === 0) continue
      const report = await repairOn(disk)
      expect(verifyOn(disk, OUT), `seed ${seed}`).toMatchObject({ ok: true, tornTail: null, records: before.records })
      expect(recordsIn(disk, OUT), `seed ${seed}`).toEqual(recordsIn(disk, LOG_DIR))
      expect(report.recordsKept, `seed ${seed}`).toBe(before.records)
      await repairOn(disk, { output: '/again' }, OUT)
      expect(digestOf(disk, '/again', true), `seed ${seed}`).toBe(digestOf(disk, OUT, true))
    }
  })

  it('is repaired as asked for', async () => {
    const log = sampleLog(name)
    for (let seed = 1; seed <= CASES / 2; seed++) {
      const disk = harmed(log, seed)
      const random = new SeededRandom(seed)
      const { segments } = verifyOn(disk, LOG_DIR)
      if (segments === 0) continue
      const truncateAt = random.between(log.firstLsn, log.lastLsn)
      const wishes = { fixSingleBit: random.chance(0.5), ...(random.chance(0.7) ? { truncateAt } : {}) }
      const report = await repairOn(disk, { output: OUT, ...wishes }).catch((error: unknown) => {
        expect(error).toMatchObject({ option: 'truncateAt' })
      })
      if (report === undefined) continue
      const where = `seed ${seed} ${JSON.stringify(wishes)}`
      expect(verifyOn(disk, OUT), where).toMatchObject({ ok: true, tornTail: null, records: report.recordsKept })
      const entries = readEntries(disk, {}, OUT)
      for (const { lsn, bytes, type } of entries)
        expect([type, Buffer.compare(bytes, log.records.get(lsn)?.bytes ?? bytes)], where).toEqual([
          log.records.get(lsn)?.type ?? type,
          0,
        ])
      expect(entries.at(-1)?.lsn ?? 0, where).toBeLessThanOrEqual(wishes.truncateAt ?? log.lastLsn)
      await repairOn(disk, { output: '/again' }, OUT)
      expect(digestOf(disk, '/again', true), where).toBe(digestOf(disk, OUT, true))
    }
  })
})
