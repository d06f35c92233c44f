/** What the original writes is read back; whatever else a file holds is read as the original did, in bounded memory. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { WINDOW_BYTES } from '../../src/foreign/file-window.ts'
import { partitionBinaryJson, streamPartitionBinary } from '../../src/foreign/partition-binary/index.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { diskOf, replayPartition, replayRecords } from './binary-fixture.ts'
import { mutate } from './mutate-bytes.ts'
import { type OracleAnswer, recoverWhole } from './partition-oracle.ts'
import { recordBytes, type WrittenRecord } from './partition-writer.ts'
import { watched } from './watched-files.ts'

const HOME = mkdtempSync(join(realpathSync(tmpdir()), 'ringwal-'))
afterAll(() => rmSync(HOME, { recursive: true }))

const anyRecord = fc.record<WrittenRecord>({
  timestamp: fc.bigInt(0n, 2n ** 64n - 1n),
  key: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 })),
  value: fc.uint8Array({ maxLength: 300 }),
})

/** Compares without printing megabytes where they differ. */
function sameAs(answer: OracleAnswer, known: OracleAnswer): boolean {
  const { recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records } = answer
  return isDeepStrictEqual({ recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records }, known)
}

function randomRecord(random: SeededRandom, longest: number): Buffer<ArrayBuffer> {
  const key = random.chance(0.7) ? random.bytes(random.between(1, 20)) : null
  return recordBytes({ timestamp: BigInt(random.uint32()), key, value: random.bytes(random.below(longest)) })
}

describe('what the original wrote', () => {
  it('is read back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 20 }), async (records) => {
        const { records: read, damageCount, bytesLost } = await replayRecords(Buffer.concat(records.map(recordBytes)))
        expect({ damageCount, bytesLost }).toEqual({ damageCount: 0, bytesLost: 0 })
        const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
        const written = records.map(({ timestamp, key, value }) => ({
          timestamp,
          key: key && hex(key),
          value: hex(value),
        }))
        expect(read.map((record) => ({ ...record, timestamp: BigInt(record.timestamp) }))).toEqual(written)
      }),
    )
  })

  it('is read back where records span windows, or are larger than one', async () => {
    const random = new SeededRandom(5)
    const parts: Buffer[] = []
    for (const longest of [100_000, 3_000_000, 300, WINDOW_BYTES, 2_000_000]) {
      for (let at = 0; at < 12; at++) parts.push(randomRecord(random, longest))
    }
    const file = Buffer.concat(parts)
    // Some of the large ones are damaged too.
    for (let hits = 0; hits < 4; hits++) file[random.below(file.length)]! ^= 4
    const answer = await replayRecords(file)
    const { recovered } = answer
    expect(sameAs(answer, recoverWhole(file))).toBe(true)
    expect(recovered).toBeGreaterThan(40)
  })
})

describe('a mutated file', () => {
  it('is read as the original did, and nothing is allocated that is not there', async () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = new SeededRandom(seed)
      const whole = Array.from({ length: random.between(0, 8) }, () => randomRecord(random, 60))
      const file = mutate(random, Buffer.concat(whole))
      const { fs, largest } = watched(diskOf({ 'orders-0.wal': file }))
      const answer = await replayPartition(fs, '/log/orders-0.wal')
      const known = recoverWhole(file)
      const { recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records } = answer
      expect({ recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records }, `seed ${seed}`).toEqual(
        known,
      )
      expect(largest(), `seed ${seed}`).toBeLessThanOrEqual(Math.min(file.length, WINDOW_BYTES))
      const isWhole = file.equals(Buffer.concat(whole.slice(0, known.recovered))) && crc_skipped === 0
      if (isWhole) expect(answer.damageCount, `seed ${seed}`).toBe(0)
      if (known.crc_skipped > 0 || known.leftover_tail_bytes > 0) expect(answer.damageCount).toBeGreaterThan(0)
    }
  })
})

describe('a size of hundreds of megabytes whose bytes are there', () => {
  it('is checked in windows and not taken into memory', async () => {
    const path = join(HOME, 'sparse-0.wal')
    const file = openSync(path, 'w')
    writeSync(file, recordBytes({ timestamp: 1n, key: null, value: new Uint8Array(1) }))
    writeSync(file, Uint8Array.of(0, 0, 0, 0x12, 1, 2, 3, 4))
    ftruncateSync(file, 0x1200_0000 + 1000)
    closeSync(file)
    const { fs, largest } = watched(nodeFileSystem)
    const { recovered, crc_skipped, damage } = await replayPartition(fs, path)
    expect({ recovered, crc_skipped }).toEqual({ recovered: 1, crc_skipped: 1 })
    // Behind it stand zeros: a size of 0.
    expect(damage.map((place) => place.class)).toEqual(['checksum', 'length'])
    expect(largest()).toBe(WINDOW_BYTES)
  })
})

describe('the JSON of large records', () => {
  it('comes in pieces, and is the same', async () => {
    const random = new SeededRandom(9)
    const records: WrittenRecord[] = [
      { timestamp: 1n, key: random.bytes(1_500_000), value: random.bytes(1) },
      { timestamp: 2n ** 60n, key: null, value: random.bytes(3_000_000) },
      { timestamp: 3n, key: random.bytes(3), value: random.bytes(40) },
    ]
    const path = join(HOME, 'large-0.wal')
    const file = openSync(path, 'w')
    for (const record of records) writeSync(file, recordBytes(record))
    closeSync(file)
    const pieces: string[] = []
    for await (const piece of partitionBinaryJson(streamPartitionBinary(path))) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(5)
    const known = recoverWhole(Buffer.concat(records.map(recordBytes)))
    expect(sameAs(JSON.parse(pieces.join('')), known)).toBe(true)
  })
})
