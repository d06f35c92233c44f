/** A replay gives what a plain fold over all that a reader hands out gives, byte for byte, however the work is cut up. */
import { describe, expect, it } from 'vitest'
import type { RingwalError } from '../../src/errors.ts'
import { HEADER_PAGE_BYTES } from '../../src/format/index.ts'
import type { ReplayOptions } from '../../src/replay/replay-options.ts'
import type { ReplayReport } from '../../src/replay/replay-report.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { DamagedFiles, damageAtRandom } from '../damage/damaged-files.ts'
import { MemoryFiles } from '../damage/memory-files.ts'
import { SAMPLE_NAMES, sampleLog } from '../damage/sample-log.ts'
import { edit } from '../support/log-images.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { segmentsOn } from '../support/verify-disk.ts'
import { fold, keyedLog, reducerAt, replayDisk, textOf } from './replay-kit.ts'

const REDUCERS = ['keyed', 'typed', 'global'].map(reducerAt)
type Bounds = Pick<ReplayOptions, 'from' | 'to' | 'since' | 'until' | 'type' | 'key'>
function someBounds(random: SeededRandom, lastLsn: number): Bounds {
  const time = (): bigint => BigInt(random.below(400)) * 1_000_003n + BigInt(random.below(2))
  return {
    ...(random.chance(0.4) ? { from: random.below(lastLsn + 2) } : {}),
    ...(random.chance(0.4) ? { to: random.below(lastLsn + 2) } : {}),
    ...(random.chance(0.3) ? { since: time() } : {}),
    ...(random.chance(0.3) ? { until: time() } : {}),
    ...(random.chance(0.2) ? { type: [random.below(5), random.below(6)] } : {}),
    ...(random.chance(0.2) ? { key: random.chance(0.3) ? 0 : Array.from({ length: 20 }, () => random.below(40)) } : {}),
  }
}

const someWork = (random: SeededRandom): { workers: number; chunkBytes: number } => ({
  workers: random.between(1, 8),
  chunkBytes: random.chance(0.7) ? 4096 + 8 * random.below(1024) : 1 << 20,
})

describe('a replay of a whole log', () => {
  it('gives the state of a fold, for 1 to 8 sessions, any size of chunks, and any bounds', async () => {
    let chunks = 0
    for (let seed = 1; seed <= 12; seed++) {
      const random = new SeededRandom(seed)
      const disk = keyedLog(random, 400)
      for (const reducer of REDUCERS) {
        const { lastLsn } = (await replayDisk(disk, { reducer, ...someWork(random) })).report
        for (let i = 0; i < 4; i++) {
          const bounds = i === 0 ? {} : someBounds(random, lastLsn)
          const work = someWork(random)
          const label = `seed ${seed}, ${JSON.stringify({ ...work, ...bounds }, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`
          const expected = await fold(disk, reducer, bounds)
          const { state, report } = await replayDisk(disk, { reducer, ...work, ...bounds })
          expect(await textOf(reducer, state), label).toBe(await textOf(reducer, expected.state))
          expect(report, label).toMatchObject({ records: expected.records, damage: [] })
          chunks += report.chunks
        }
      }
    }
    expect(chunks).toBeGreaterThan(1000)
  })
})

describe('a replay of a damaged log that goes on past the damage', () => {
  it.each(SAMPLE_NAMES)('gives the state of a fold over the log %s', async (name) => {
    const log = sampleLog(name)
    const files = new DamagedFiles(log)
    let damaged = 0
    for (let seed = 1; seed <= 90; seed++) {
      const random = new SeededRandom(seed)
      files.restore()
      const harm = damageAtRandom(files, random)
      const disk = new MemoryFiles()
      files.write(disk, log)
      const reducer = REDUCERS[seed % REDUCERS.length]!
      const bounds = random.chance(0.5) ? {} : lsnBounds(random, log.firstLsn, log.lastLsn)
      const report = await checkDamaged(disk, reducer, bounds, random, `seed ${seed}: ${harm}`)
      damaged += report.damage.length > 0 ? 1 : 0
    }
    expect(damaged).toBeGreaterThan(30)
  })

  it('gives the state of a fold where chunks do not meet, and are read again', async () => {
    let rescanned = 0
    for (let seed = 1; seed <= 100; seed++) {
      const random = new SeededRandom(seed)
      const disk = keyedLog(random, 400)
      for (const { path } of segmentsOn(disk)) if (random.chance(0.7)) harm(disk, random, path)
      const bounds = random.chance(0.5) ? {} : lsnBounds(random, 1, 700)
      rescanned += (await checkDamaged(disk, REDUCERS[seed % 3]!, bounds, random, `seed ${seed}`)).rescanned
    }
    expect(rescanned).toBeGreaterThan(4)
  })
})

function lsnBounds(random: SeededRandom, first: number, last: number): { from: number; to: number } {
  return { from: random.between(first, last), to: random.between(first, last) }
}

function harm(disk: SimulatedDisk, random: SeededRandom, path: string): void {
  edit(disk, path, (bytes) => {
    for (let i = random.below(6); i > 0; i--) {
      const inFrames = random.below(bytes.length - HEADER_PAGE_BYTES)
      const nearBoundary = Math.round(inFrames / 4096) * 4096 + random.below(200) - 150
      const at = HEADER_PAGE_BYTES + Math.max(0, random.chance(0.5) ? inFrames : nearBoundary)
      if (random.chance(0.5)) bytes[at]! ^= 1 << random.below(8)
      else bytes.fill(random.chance(0.5) ? 0 : 0xe1, at, at + random.below(6000))
    }
    return undefined
  })
}

async function checkDamaged(
  disk: FileSystem,
  reducer: URL,
  bounds: Bounds,
  random: SeededRandom,
  what: string,
): Promise<ReplayReport> {
  const label = `${what}; ${JSON.stringify(bounds)}`
  const work = { ...someWork(random), chunkBytes: 4096, ...bounds }
  const expected = await fold(disk, reducer, bounds)
  const { state, report } = await replayDisk(disk, { reducer, ...work, onDamage: 'skip' })
  expect(await textOf(reducer, state), label).toBe(await textOf(reducer, expected.state))
  expect(report.records, label).toBe(expected.records)
  expect(report.damage.length > 0, label).toBe(expected.told.length > 0)
  const stopped = await replayDisk(disk, { reducer, ...work }).catch((error: RingwalError) => error.code)
  if (expected.told.length === 0) expect(stopped, label).toMatchObject({ report: { damage: [] } })
  else expect(stopped, label).toMatch(/^ERR_RINGWAL_(DAMAGED|SEGMENTS)$/)
  return report
}
