/** What a read with bounds gives, held against a filter over all that was appended. */
import { describe, expect, it } from 'vitest'
import type { ReadOptions } from '../../src/read/read-options.ts'
import { type HarnessSettings, LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, readLsns } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

interface Told {
  readonly lsn: number
  readonly time: bigint
  readonly type: number
  readonly key: number
}

interface Sample {
  readonly disk: SimulatedDisk
  readonly told: readonly Told[]
}

/** A closed log with random records whose times rise, with steps, from `start` on. */
function sampleLog(seed: number, count: number, start: bigint, settings: HarnessSettings): Sample {
  const random = new SeededRandom(seed)
  const disk = new SimulatedDisk()
  const log = LogHarness.open(disk, settings)
  const told: Told[] = []
  let time = start
  for (let i = 0; i < count; i++) {
    if (random.chance(0.3)) time += BigInt(random.below(1000)) * 1_000_003n
    const type = random.below(5)
    const key = random.below(4)
    const lsn = log.appender.appendBytes(payload(random.below(700), i), { type, time, key })
    told.push({ lsn, time, type, key })
    if (random.chance(0.3)) log.settle()
    if (!log.producer.hasRoomFor(4096)) log.settle()
    log.clock.advance(random.below(3))
  }
  log.close()
  disk.calls.length = 0
  return { disk, told }
}

/** Bounds at random: within the log, at its ends, outside, and the wrong way round. */
function boundsFor(random: SeededRandom, told: readonly Told[]): ReadOptions {
  const options: { -readonly [K in keyof ReadOptions]: ReadOptions[K] } = {}
  const someone = (): Told => told[random.below(told.length)]!
  if (random.chance(0.5)) options.from = Math.max(0, someone().lsn + random.between(-2, 2))
  if (random.chance(0.5)) options.to = Math.max(0, someone().lsn + random.between(-2, 2))
  if (random.chance(0.5)) options.since = someone().time + BigInt(random.between(-1, 1))
  if (random.chance(0.5)) options.until = someone().time + BigInt(random.between(-1, 1))
  if (random.chance(0.3)) options.type = random.chance(0.5) ? random.below(6) : [random.below(5), random.below(5)]
  if (random.chance(0.2)) options.key = random.chance(0.5) ? random.below(5) : [random.below(4), random.below(4)]
  return options
}

function filtered(told: readonly Told[], options: ReadOptions): number[] {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, since = 0n, until = 2n ** 64n, type, key } = options
  const types = type === undefined ? undefined : [type].flat()
  const keys = key === undefined ? undefined : [key].flat()
  return told
    .filter(({ lsn }) => lsn >= from && lsn <= to)
    .filter(({ time }) => time >= BigInt(since as bigint) && time < BigInt(until as bigint))
    .filter((record) => types === undefined || types.includes(record.type))
    .filter((record) => keys === undefined || keys.includes(record.key))
    .map(({ lsn }) => lsn)
}

function check({ disk, told }: Sample, seed: number, reads: number): void {
  const random = new SeededRandom(seed)
  for (let i = 0; i < reads; i++) {
    const options = boundsFor(random, told)
    const got = readLsns(disk, options)
    const want = filtered(told, options)
    if (got.join() === want.join()) continue
    throw new Error(
      `${JSON.stringify(options, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}: got ${got}, want ${want}`,
    )
  }
}

/** Times as a clock gives them, as a replay of old data gives them, and as a simulation of the future does. */
const STARTS: readonly [string, bigint][] = [
  ['of the present', 1_700_000_000_000_000_000n],
  ['of long ago', 5n],
  ['of the far future', 4_000_000_000_000_000_000n],
]

describe.each(STARTS)('a read with bounds over records %s', (_, start) => {
  it('gives what a filter over all gives, in many small segments', () => {
    for (let seed = 1; seed <= 4; seed++) {
      check(sampleLog(seed, 150, start, { policy: 'never', segmentBytes: 8192, ringBytes: 16384 }), seed, 150)
    }
  })

  it('gives what a filter over all gives, in one segment that is searched', () => {
    const settings = { policy: 'never', segmentBytes: 4 << 20, ringBytes: 1 << 20 } as const
    check(sampleLog(7, 6000, start, settings), 7, 60)
  })
})

describe('a search in a segment', () => {
  it('reads a small part of it', () => {
    const { disk, told } = sampleLog(9, 20_000, 5n, { policy: 'never', segmentBytes: 16 << 20, ringBytes: 1 << 20 })
    const whole = disk.readFile(`${LOG_DIR}/00000000000000000001.rwal`).length
    expect(whole).toBeGreaterThan(6 << 20)
    const survey = readLsns(disk, { to: 1 })
    const base = bytesRead(disk)
    expect(survey).toEqual([1])
    for (const options of [{ from: 19_990 }, { since: told[19_990]!.time }]) {
      expect(readLsns(disk, options).at(-1)).toBe(20_000)
      // The last segment is first looked over once, to see where it ends.
      expect(bytesRead(disk) - base).toBeLessThan(4 << 20)
    }
  })
})

function bytesRead(disk: SimulatedDisk): number {
  let bytes = 0
  for (const { operation, length } of disk.calls) if (operation === 'read') bytes += length ?? 0
  disk.calls.length = 0
  return bytes
}
