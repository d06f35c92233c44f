import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RingwalError, Wal } from '../../src/index.ts'
import { plainReadings } from '../../src/metrics/histogram-series.ts'
import { type MeteredLog, metricsOf, prometheusText } from '../../src/metrics/index.ts'
import { SYNC_BOUNDS_MS } from '../../src/wal/log-counts.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { parseExposition } from './exposition-parser.ts'

/** The values by name, of a log alone; of the state, its name. */
function valuesOf(wal: MeteredLog): Record<string, number | string> {
  const values = plainReadings(metricsOf(wal)).map(({ name, samples }) => [
    name.replace(/^ringwal_/, ''),
    samples.at(-1)?.value,
  ])
  const state = metricsOf(wal)
    .find(({ name }) => name === 'ringwal_state')!
    .samples.filter(({ value }) => value === 1)
    .map(({ labels }) => labels['state'])
    .join()
  return { ...Object.fromEntries(values), state }
}

function segmentsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^\d{20}\.rwal$/.test(name))
    .sort()
}

const PAYLOAD = 'x'.repeat(4000)

describe('the readings of a log', () => {
  it('tell what was written, synced and retired, and what is there', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({ dir, segmentBytes: 65_536, spareSegments: 2 })
    for (let i = 0; i < 100; i++) wal.append(PAYLOAD)
    await wal.flush()
    const { firstLsn, segments } = await wal.truncateBefore(60)
    expect(segments).toBeGreaterThan(1)
    // The writer may still write a mark by itself.
    const stats = wal.stats()
    const values = valuesOf({ dir, recovery: wal.recovery, stats: () => stats })
    const { syncMs, syncMsMax, bytes, batches, syncs, ringUsedBytes } = stats
    expect(values).toMatchObject({
      ...{ state: 'open', appends_total: 100, last_lsn: 100, durable_lsn: 100, durable_lag_records: 0 },
      ...{ written_bytes_total: bytes, batches_total: batches, sync_seconds_count: syncs, segment_bytes: 65_536 },
      ...{ sync_seconds_sum: syncMs / 1000, sync_seconds_bucket: syncs, sync_seconds_max: syncMsMax / 1000 },
      ...{ segments_retired_total: segments, ring_used_bytes: ringUsedBytes, spares_failed: 0, records_recovered: 0 },
    })
    expect(values['disk_free_bytes']).toBeGreaterThan(0)
    expect(values['ring_bytes']).toBeGreaterThan(0)
    await wal.close()
    expect(valuesOf(wal)).toMatchObject({ state: 'closed', spare_files: 0 })
    expect(valuesOf(wal)['segments']).toBe(segmentsIn(dir).length)
    const again = await Wal.open({ dir, segmentBytes: 65_536 })
    expect(valuesOf(again)).toMatchObject({
      ...{ segments: segmentsIn(dir).length, recovery_clean: 1, records_recovered: 100 - firstLsn + 1 },
      ...{ appends_total: 0, segments_retired_total: 0, records_skipped: 0, recovery_damaged_places: 0 },
    })
    await again.close()
  })

  it('tell of a log that waits for its sync', async () => {
    const wal = await Wal.open({ dir: temporaryDirectory(), sync: { policy: 'never' } })
    for (let i = 0; i < 5; i++) wal.append(i)
    expect(valuesOf(wal)).toMatchObject({ last_lsn: 5, durable_lsn: 0, durable_lag_records: 5 })
    await wal.close()
  })

  it('tell what recovery passed over', async () => {
    const dir = temporaryDirectory()
    const wal = await Wal.open({ dir })
    for (let i = 0; i < 10; i++) await wal.appendDurable(PAYLOAD)
    await wal.close()
    const path = join(dir, segmentsIn(dir)[0]!)
    const bytes = readFileSync(path)
    bytes[4096 + 5 * 4100]! ^= 0x21
    writeFileSync(path, bytes)
    const again = await Wal.open({ dir, recover: 'skip-damaged' })
    expect(valuesOf(again)).toMatchObject({ recovery_damaged_places: 1, records_skipped: 1, records_recovered: 9 })
    await again.close()
    const still = await Wal.open({ dir, recover: 'read-only' })
    expect(valuesOf(still)).toMatchObject({ state: 'read-only', ring_bytes: 0, last_lsn: 10 })
    await still.close()
  })

  it('have the same names for every log, and are text that a scraper takes', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => Wal.open({ dir: temporaryDirectory() })))
    const still = {
      dir: one!.dir,
      recovery: one!.recovery,
      stats: () => ({ ...one!.stats(), state: 'poisoned' as const }),
    }
    const names = (wal: Parameters<typeof metricsOf>[0]): string[] => metricsOf(wal).map(({ name }) => name)
    expect(names(other!)).toEqual(names(one!))
    expect(names(still)).toEqual(names(one!))
    const { length } = SYNC_BOUNDS_MS
    const families = parseExposition(prometheusText([...metricsOf(one!), ...metricsOf(other!)]))
    expect([...families.keys()]).toEqual(names(one!))
    for (const [name, { type, help, samples }] of families) {
      expect(name).toMatch(/^ringwal_[a-z_]+$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(help).toMatch(/^[A-Z1].*\.$/)
      // Of what a log has not, nothing is told.
      if (/^ringwal_archive_/.test(name)) {
        expect(samples).toEqual([])
        continue
      }
      expect(samples).toHaveLength(name === 'ringwal_state' ? 12 : type === 'histogram' ? 2 * (length + 3) : 2)
      expect(new Set(samples.map(({ labels }) => labels['dir']))).toEqual(new Set([one!.dir, other!.dir]))
    }
    await Promise.all([one!.close(), other!.close()])
  })

  it('count waits for room in the ring, of every thread', async () => {
    const wal = await Wal.open({ dir: temporaryDirectory(), ringBytes: 65_536, sync: { policy: 'always' } })
    for (let i = 0; i < 500; i++) wal.append(PAYLOAD)
    const { ring_waits_total: waits, ring_wait_seconds_total: seconds } = valuesOf(wal)
    expect(waits).toBeGreaterThan(5)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(30)
    await wal.close()
  })

  it('count the openings in the life of the log', async () => {
    const dir = temporaryDirectory()
    for (const opening of [1, 2, 3]) {
      const wal = await Wal.open({ dir })
      expect(valuesOf(wal)['recoveries_total']).toBe(opening)
      await wal.appendDurable('x')
      await wal.close()
    }
  })

  it('go without free space where the system does not tell', async () => {
    const wal = await Wal.open({ dir: temporaryDirectory() })
    const fs = {
      freeBytes: (): never => {
        throw new RingwalError('ERR_RINGWAL_IO', 'statfs failed', {})
      },
    }
    const free = metricsOf(wal, {}, fs).find(({ name }) => name === 'ringwal_disk_free_bytes')
    expect(free).toMatchObject({ samples: [] })
    await wal.close()
  })

  it('bear the labels that are given, and refuse others', async () => {
    const wal = await Wal.open({ dir: temporaryDirectory() })
    const [state, appends] = metricsOf(wal, { labels: { log: 'orders' } })
    expect(state!.samples[0]!.labels).toEqual({ log: 'orders', state: 'open' })
    expect(appends!.samples[0]!.labels).toEqual({ log: 'orders' })
    const wrong = [{ labels: { 'a-b': '' } }, { labels: { state: '' } }, { labels: { a: 1 } }, { label: {} }, null]
    for (const options of wrong)
      expect(() => metricsOf(wal, options as never)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' }))
    await wal.close()
  })
})
