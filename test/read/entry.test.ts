/** Entries share copies of frames, and are read when they are asked for: what each of them tells stays what it was. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/codec/index.ts'
import type { ReadOptions } from '../../src/read/read-options.ts'
import type { BytesRecord } from '../../src/wal/appender.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { readEntries } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

const codec = createCodec({ useBigInt64: false })

/** Records of all sizes, some longer than what is copied at a time. */
function someRecord(random: SeededRandom, i: number): BytesRecord {
  const facts = { type: random.below(50), key: random.below(9), time: BigInt(i) * 7n }
  if (random.chance(0.3))
    return { ...facts, codec: 'msgpack', bytes: codec.encode({ i, text: 'é'.repeat(i % 50) }).slice() }
  return { ...facts, bytes: random.bytes(random.chance(0.01) ? random.between(60_000, 90_000) : random.below(900)) }
}

function logOf(records: readonly BytesRecord[]): SimulatedDisk {
  const disk = new SimulatedDisk({ recordCalls: false })
  const log = LogHarness.open(disk, { policy: 'never', segmentBytes: 1 << 20, ringBytes: 1 << 19 })
  for (const record of records) {
    if (!log.producer.hasRoomFor(200_000)) log.settle()
    log.appender.appendBytes(record.bytes, record)
  }
  log.close()
  return disk
}

const random = new SeededRandom(5)
const records = Array.from({ length: 6000 }, (_, i) => someRecord(random, i))
const disk = logOf(records)

describe('entries that are kept until all is read', () => {
  it.each<[string, ReadOptions]>([
    ['all', {}],
    ['few', { type: 3 }],
    ['many', { type: Array.from({ length: 40 }, (_, i) => i) }],
  ])('tell what was appended: %s', (_, options) => {
    const entries = readEntries(disk, options)
    const wanted = records.map((record, i) => [record, i + 1] as const)
    const types = options.type === undefined ? undefined : [options.type].flat()
    const expected = wanted.filter(([{ type }]) => types?.includes(type!) ?? true)
    expect(entries.map(({ lsn }) => lsn)).toEqual(expected.map(([, lsn]) => lsn))
    for (const [i, [record, lsn]] of expected.entries()) {
      const entry = entries[i]!
      const { type, key, time, codec = 'bytes', bytes } = record
      const told = [entry.type, entry.key, entry.time, entry.codec, entry.length, entry.continuesBatch]
      expect(told, `LSN ${lsn}`).toEqual([type, key, time, codec, bytes.length, false])
      expect(Buffer.compare(entry.bytes, bytes)).toBe(0)
      if (codec === 'msgpack') expect(entry.value).toMatchObject({ i: lsn - 1 })
      else expect(entry.value).toBe(entry.bytes)
    }
  })

  it('stand at their places, with their checks', () => {
    for (const { segment, offset, check, lsn } of readEntries(disk, { type: 7 })) {
      const file = disk.readFile(`${LOG_DIR}/${segment}`)
      const view = new DataView(file.buffer, file.byteOffset)
      expect([view.getBigUint64(offset, true), view.getBigUint64(offset + 16, true)]).toEqual([check, BigInt(lsn)])
    }
  })
})

describe('the bytes of an entry', () => {
  it('are its own: nobody else sees a change, and they hold no other memory', () => {
    const [first, second] = readEntries(disk)
    const { bytes } = first!
    expect(bytes.buffer.byteLength).toBe(bytes.length)
    const before = [...second!.bytes]
    bytes.fill(0xee)
    expect([...second!.bytes]).toEqual(before)
    expect(first!.bytes).toBe(bytes)
    expect(readEntries(disk)[0]!.bytes).not.toEqual(bytes)
  })
})

describe('an entry that is printed', () => {
  it('shows its header, and not the memory that it shares', () => {
    expect(inspect(readEntries(disk)[0])).toMatch(/^\{ lsn: 1, type: \d+, key: \d, time: 0n \}$/)
  })
})

describe('records that are passed over', () => {
  const broken = new Uint8Array(500).fill(0xc1)
  const passed = logOf(
    Array.from({ length: 300 }, (_, i) =>
      i % 3 === 0
        ? { type: 5, key: 6, codec: 'msgpack', bytes: codec.encode(i).slice() }
        : { type: i % 3, key: i % 3, codec: 'msgpack', bytes: broken },
    ),
  )

  it.each([{ type: 5 }, { key: 6 }, { type: [5, 9], key: [6, 7] }])('are not decoded: %j', (options) => {
    const values = readEntries(passed, options).map(({ value }) => value)
    expect(values).toEqual(Array.from({ length: 100 }, (_, i) => 3 * i))
    expect(() => readEntries(passed).map(({ value }) => value)).toThrow(/0xc1/)
  })

  it('are not copied either, or not many of them', () => {
    const memories = readEntries(passed, { type: 5 }).map((entry) => (entry as unknown as { frames: object }).frames)
    const copied = [...new Set(memories as { bytes: Uint8Array }[])].reduce((sum, { bytes }) => sum + bytes.length, 0)
    // A frame of so small a record takes 48 bytes.
    expect(copied).toBeLessThan(4 * 100 * 48)
  })
})
