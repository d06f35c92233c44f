import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { samplesFor, writeBatches } from '../../bench/measure/bare-disk.ts'
import { withFile } from '../../bench/measure/disk-files.ts'
import { killAtWork, measureAlone } from '../../bench/measure/isolate.ts'
import { closeAndCount, lapRecords, openQuietLog, RING_BYTES } from '../../bench/measure/quiet-log.ts'
import { distributionOf } from '../../bench/statistics.ts'
import { frameBytes } from '../../src/format/index.ts'
import { verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

describe('a quiet log', () => {
  it('has gone once around its ring, has the next segment made, and all that was appended synced', async () => {
    const job = { dir: join(temporaryDirectory(), 'log'), policy: 'interval', size: 16_384, encoding: 'bytes' } as const
    const { wal, load } = await openQuietLog(job, 100)
    const lap = lapRecords(job.size)
    expect(lap * frameBytes(job.size)).toBeGreaterThan(RING_BYTES)
    expect([wal.lastLsn, wal.durableLsn]).toEqual([lap, lap])
    const sizes = readdirSync(job.dir)
      .filter((name) => name.endsWith('.rwal'))
      .map((name) => statSync(join(job.dir, name)).size)
    expect(sizes).toEqual([sizes[0], sizes[0]])
    load.appendMany(wal, 100)
    await closeAndCount(wal, lap + 100)
    expect((await verifyLog(job.dir)).segments).toBe(1)
  })

  it('is a failure if a record is missing from it, or one too many is there', async () => {
    for (const wrong of [2, 4]) {
      const wal = await Wal.open({ dir: join(temporaryDirectory(), 'log') })
      for (let i = 0; i < 3; i++) wal.appendBytes(new Uint8Array(10))
      await expect(closeAndCount(wal, wrong)).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', found: 3 })
    }
  })
})

describe('the bare loop', () => {
  it('writes batches one after another until it has enough of them, and times each', () => {
    const path = join(temporaryDirectory(), 'file')
    const [grown, { latency, syncsPerSecond, MBPerSecond }] = withFile(path, 0, (fd) => {
      const found = writeBatches(fd, 200, 7, 10_000)
      return [statSync(path).size, found]
    })
    expect(grown).toBe(7 * 200)
    expect(distributionOf([latency]).samples).toBe(7)
    expect(MBPerSecond).toBeCloseTo((syncsPerSecond * 200) / 1e6, 9)
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  it('has a prefilled file as long as the batches need, and never longer than it may be', () => {
    expect(samplesFor(200, 100, 1 << 30)).toBe(5000)
    expect(samplesFor(1 << 20, 100, 1 << 24)).toBe(16)
    expect(samplesFor(1 << 20, 100, 1)).toBe(2)
    const path = join(temporaryDirectory(), 'file')
    expect(withFile(path, 3_000_000, () => statSync(path).size)).toBe(3_000_000)
  })
})

describe('a measurement of its own process', () => {
  it('that fails tells what it was, and why', async () => {
    const file = join(temporaryDirectory(), 'none', 'file')
    const job = { kind: 'bare-stream', file, bytes: 10, patterns: [] } as const
    const failure = measureAlone<'bare-stream'>(job)
    await expect(failure).rejects.toMatchObject({ code: 'ERR_RINGWAL_INTERNAL', measurement: 'bare-stream' })
    await expect(failure).rejects.toThrow('ENOENT')
  })

  it('that hangs is killed', async () => {
    const dir = join(temporaryDirectory(), 'log')
    const job = {
      kind: 'open-loop',
      dir,
      policy: 'interval',
      size: 10,
      encoding: 'bytes',
      rate: 1,
      seconds: 60,
    } as const
    await expect(measureAlone<'open-loop'>(job, 300)).rejects.toThrow('ended with SIGKILL and no result')
  })

  it('can be killed at work, with what it made durable in the log', async () => {
    const dir = join(temporaryDirectory(), 'log')
    const job = { kind: 'victim', dir, policy: 'interval', size: 64, encoding: 'declared', records: 500 } as const
    await killAtWork(job, 20)
    const { ok, records } = await verifyLog(dir)
    expect(ok).toBe(true)
    expect(records).toBeGreaterThanOrEqual(500)
    await expect(killAtWork({ ...job, dir: join(dir, 'x\0y') }, 20)).rejects.toThrow('victim')
  })
})
