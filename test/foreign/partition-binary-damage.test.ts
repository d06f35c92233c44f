/** Partition files that are cut, lie about their sizes, or do not belong where they are. */
import { describe, expect, it } from 'vitest'
import { readPartitionBinary, replayPartitionBinary } from '../../src/foreign/partition-binary/index.ts'
import { thrownBy } from '../support/log-records.ts'
import { unreadablePages } from '../support/unreadable-pages.ts'
import { diskOf, replayPartition, replayRecords } from './binary-fixture.ts'
import { bodyOf, fieldsOf, recordBytes, sized } from './partition-writer.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = (stamp: number): Buffer<ArrayBuffer> =>
  recordBytes({ timestamp: BigInt(stamp), key: bytes(`k${stamp}`), value: bytes(`value ${stamp}`) })
const RECORDS = [1, 2, 3].map(record)
const FILE = Buffer.concat(RECORDS)
const LENGTH = RECORDS[0]!.length

describe('a file cut anywhere', () => {
  it('gives the records before the cut, and says how much is left', async () => {
    for (let cut = 0; cut < FILE.length; cut++) {
      const whole = Math.floor(cut / LENGTH)
      const left = cut % LENGTH
      const { recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, damage } = await replayRecords(
        FILE.subarray(0, cut),
      )
      expect({ recovered, crc_skipped }, `cut ${cut}`).toEqual({ recovered: whole, crc_skipped: 0 })
      expect(leftover_tail_bytes, `cut ${cut}`).toBe(left)
      expect(partial_tail_warning, `cut ${cut}`).toBe(left >= 4)
      const torn = { class: 'truncated', file: 'orders-0.wal', offset: whole * LENGTH, bytes: left, expected: null }
      expect(damage, `cut ${cut}`).toMatchObject(left === 0 ? [] : [torn])
      expect(damage[0]?.reason ?? '', `cut ${cut}`).not.toContain('take')
    }
  })
})

describe('a size field that lies', () => {
  const withSize = (size: number): Buffer => {
    const file = Buffer.from(FILE)
    file.writeUInt32LE(size, LENGTH)
    return file
  }

  it.each([0, 1, 2, 3])('is damage where it is %i, too small for a checksum, and ends the file', async (size) => {
    const answer = await replayRecords(withSize(size))
    expect(answer).toMatchObject({ recovered: 1, crc_skipped: 0, partial_tail_warning: false, leftover_tail_bytes: 0 })
    expect(answer.damage).toMatchObject([{ class: 'length', offset: LENGTH, bytes: 2 * LENGTH }])
    expect(answer.warnings[0]).toContain(`a size of ${size}`)
  })

  it.each([2 * LENGTH - 3, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'ends the file where it is %i, more than there is',
    async (size) => {
      const answer = await replayRecords(withSize(size))
      expect(answer).toMatchObject({
        recovered: 1,
        crc_skipped: 0,
        partial_tail_warning: true,
        leftover_tail_bytes: 2 * LENGTH,
      })
      expect(answer.damage).toMatchObject([{ class: 'length', offset: LENGTH, bytes: 2 * LENGTH }])
      expect(answer.warnings[0]).toContain('its size is not what its key and value take')
    },
  )

  it('costs the record, and what comes before the next agreement, where it is a little off', async () => {
    const answer = await replayRecords(withSize(2 * LENGTH - 4))
    expect(answer).toMatchObject({ recovered: 1, crc_skipped: 1, partial_tail_warning: false, leftover_tail_bytes: 0 })
  })

  it('is damage where the checksum holds for too few bytes, which crashed the original', async () => {
    for (const length of [0, 1, 8, 12, 15]) {
      const file = Buffer.concat([RECORDS[0]!, sized(bodyOf(new Uint8Array(length))), RECORDS[2]!])
      const answer = await replayRecords(file)
      expect(answer, `${length}`).toMatchObject({ recovered: 1, crc_skipped: 0, leftover_tail_bytes: 0 })
      expect(answer.damage, `${length}`).toMatchObject([{ class: 'structure', offset: LENGTH }])
    }
  })
})

describe('sizes inside a record whose checksum holds', () => {
  const forged = (keySize: number, valueSize: number): Buffer => {
    const fields = fieldsOf({ timestamp: 9n, key: bytes('key'), value: bytes('value') })
    fields.writeUInt32LE(keySize, 8)
    if (keySize === 3) fields.writeUInt32LE(valueSize, 15)
    return Buffer.concat([RECORDS[0]!, sized(bodyOf(fields)), RECORDS[2]!])
  }

  it.each([
    [9, 0],
    [0xffff_ffff, 0],
    [0x7fff_ffff, 0],
    [3, 6],
    [3, 0xffff_ffff],
  ])('are damage where they do not fit: key %i, value %i', async (keySize, valueSize) => {
    const file = forged(keySize, valueSize)
    // With a record behind it, and as the last bytes that there are.
    for (const end of [file.length, file.length - LENGTH]) {
      const { recovered, damage, bytesLost } = await replayRecords(file.subarray(0, end))
      expect(recovered).toBe(1)
      expect(damage).toMatchObject([{ class: 'structure', offset: LENGTH }])
      expect(bytesLost).toBe(end - LENGTH)
    }
  })

  it('leave bytes behind the value, which are told of and not believed', async () => {
    const { recovered, records, damage } = await replayRecords(forged(3, 2))
    expect(recovered).toBe(3)
    expect(records[1]).toEqual({ timestamp: 9, key: '6b6579', value: '7661' })
    expect(damage).toMatchObject([{ class: 'structure', offset: LENGTH, bytes: 0 }])
  })
})

describe('numbers', () => {
  it('beyond 2^53 are strings, and times beyond nanoseconds of 64 bits the last there is', async () => {
    const value = new Uint8Array(0)
    const stamps = [2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n]
    const file = Buffer.concat(stamps.map((timestamp) => recordBytes({ timestamp, key: null, value })))
    const { records } = await replayRecords(file)
    expect(records.map(({ timestamp }) => timestamp)).toEqual([
      9_007_199_254_740_991,
      '9007199254740992',
      '18446744073709551615',
    ])
    expect(records.map(({ key }) => key)).toEqual([null, null, null])
  })
})

describe('a record larger than is allowed', () => {
  it('is told of and passed over if it is whole, and is wrong by its checksum first', async () => {
    const large = recordBytes({ timestamp: 1n, key: null, value: new Uint8Array(5000) })
    const torn = Buffer.from(large)
    torn[4000]! ^= 1
    const file = Buffer.concat([large, RECORDS[0]!, torn, RECORDS[1]!])
    const { recovered, crc_skipped, damage } = await replayRecords(file, { maxRecordBytes: 1000 })
    expect({ recovered, crc_skipped }).toEqual({ recovered: 2, crc_skipped: 1 })
    expect(damage.map((place) => place.class)).toEqual(['too-large', 'checksum'])
  })
})

describe('a directory', () => {
  const disk = diskOf({ 'b-0.wal': FILE, 'a-0.wal': RECORDS[0]!, 'a-0.wal.1': FILE, notes: FILE })
  disk.makeLink('/log/c-0.wal', '/log/b-0.wal')

  it('is read by name: what ends in .wal and is a file', async () => {
    const { recovered, records, notes } = await replayPartition(disk, '/log')
    expect(recovered).toBe(4)
    expect(records.map(({ timestamp }) => timestamp)).toEqual([1, 1, 2, 3])
    expect(notes).toEqual(['c-0.wal is not read: it is a link'])
  })

  it('without such a file has no records, and a note', async () => {
    const { recovered, notes } = await replayPartition(diskOf({ 'orders-0.log': FILE }), '/log')
    expect(recovered).toBe(0)
    expect(notes).toEqual(['no file of the directory ends in .wal'])
  })

  it('loses one file that can not be read, and no other', async () => {
    const failing = diskOf({ 'a-0.wal': FILE, 'b-0.wal': FILE })
    failing.faults = unreadablePages('/log/a-0.wal', [0])
    const { recovered, damage, counts } = await replayPartition(failing, '/log')
    expect(recovered).toBe(3)
    expect(damage).toMatchObject([{ class: 'unreadable', file: 'a-0.wal' }])
    expect(counts.parseErrors).toBe(1)
    await expect(replayPartition(failing, '/log/a-0.wal')).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO' })
    expect(failing.openPaths()).toEqual([])
  })
})

describe('what can not be read at all', () => {
  it('is refused by its code', () => {
    const codeOf = (use: () => unknown): unknown => (thrownBy(use) as { code?: unknown }).code
    expect(codeOf(() => readPartitionBinary('/nowhere/at-all.wal'))).toBe('ERR_RINGWAL_NOT_FOUND')
    expect(codeOf(() => readPartitionBinary(''))).toBe('ERR_RINGWAL_OPTION')
    expect(codeOf(() => readPartitionBinary('a\0b'))).toBe('ERR_RINGWAL_OPTION')
    expect(codeOf(() => readPartitionBinary('/', { maxRecordBytes: 2 ** 28 }))).toBe('ERR_RINGWAL_OPTION')
    expect(codeOf(() => readPartitionBinary('/', { prefix: 'x' } as object))).toBe('ERR_RINGWAL_OPTION')
    expect(codeOf(() => readPartitionBinary('/', { onDamage: 'observe' as 'stop' }))).toBe('ERR_RINGWAL_OPTION')
  })

  it('is refused by a promise too', async () => {
    await expect(replayPartitionBinary('/nowhere/at-all.wal')).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
})

describe('reports', () => {
  it('are kept up to a limit and all counted', async () => {
    const bad = Buffer.from(RECORDS[0]!)
    bad[20]! ^= 1
    const told: number[] = []
    const options = { maxReports: 2, onDamage: (place: { offset: number }) => void told.push(place.offset) }
    const { warnings, damage, damageCount } = await replayRecords(Buffer.concat([bad, bad, bad, bad, bad]), options)
    expect(damage).toHaveLength(2)
    expect(damageCount).toBe(5)
    expect(told).toHaveLength(5)
    expect(warnings.at(-1)).toBe('… and 3 more')
  })
})
