/** What a monitor is told of an archive. */
import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { plainReadings } from '../../src/metrics/histogram-series.ts'
import { metricsOf } from '../../src/metrics/index.ts'
import { append, openArchived, places, until } from './live-log.ts'

function valuesOf(wal: Parameters<typeof metricsOf>[0]): Record<string, number | undefined> {
  const values = plainReadings(metricsOf(wal)).map(({ name, samples }) => [name, samples[0]?.value])
  return Object.fromEntries(values.filter(([name]) => String(name).startsWith('ringwal_archive_')))
}

it('a log tells how far its archive is, and what became of its runs', async () => {
  const wal = await openArchived(places())
  const lastLsn = await append(wal, 20)
  await until(wal, (stats) => stats.lastLsn === lastLsn)
  const stats = wal.stats()
  const values = valuesOf({ dir: wal.dir, recovery: wal.recovery, stats: () => stats })
  expect(values).toEqual({
    ringwal_archive_lag_records: 0,
    ringwal_archive_age_seconds: stats.archive!.ageMs / 1000,
    ringwal_archive_runs_total: stats.archive!.runs,
    ringwal_archive_failures_total: 0,
    ringwal_archive_gaps_total: 0,
    ringwal_archive_stored_bytes_total: stats.archive!.bytes,
    ringwal_archive_breaker: 0,
  })
  expect(stats.archive!.bytes).toBeGreaterThan(4096)
  const at = (breaker: 'open' | 'half-open'): number | undefined => {
    const archive = { ...stats.archive!, breaker }
    return valuesOf({ dir: wal.dir, recovery: wal.recovery, stats: () => ({ ...stats, archive }) })[
      'ringwal_archive_breaker'
    ]
  }
  expect([at('half-open'), at('open')]).toEqual([1, 2])
  await wal.close()
})

it('a log whose archive never worked tells its age and its failures, and no lag', async () => {
  const where = places()
  writeFileSync(where.archive, 'in its place')
  const wal = await openArchived(where, {}, { onWarning: () => {} })
  await append(wal, 20)
  await until(wal, ({ failures }) => failures > 0)
  const values = valuesOf(wal)
  expect(values['ringwal_archive_lag_records']).toBeUndefined()
  expect(values['ringwal_archive_failures_total']).toBeGreaterThan(0)
  expect(values['ringwal_archive_age_seconds']).toBeGreaterThan(0)
  await wal.close()
})
