import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Entry, readWal, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

let wal: Wal

beforeEach(async () => {
  wal = await Wal.open({ dir: temporaryDirectory(), segmentBytes: 1 << 20, maxRecordBytes: 1000 })
})

afterEach(() => wal.close())

async function entries(): Promise<Entry[]> {
  await wal.flush()
  const list: Entry[] = []
  for await (const entry of readWal(wal.dir)) list.push(entry)
  return list
}

describe('append', () => {
  it('gives LSNs from 1 on and stores value, type, key and time', async () => {
    const values = [null, -0, 'é😀', [1, [2]], { a: { b: new Uint8Array([1, 2]) } }, new Date(5), 2 ** 53 - 1]
    const before = BigInt(Date.now() - 5) * 1_000_000n
    expect(values.map((value) => wal.append(value))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(wal.append('x', { type: 65535, key: 2 ** 32 - 1, time: 2n ** 64n - 1n })).toBe(8)
    const read = await entries()
    expect(read.slice(0, 7).map(({ value }) => value)).toEqual(values)
    expect(read[7]).toMatchObject({ lsn: 8, type: 65535, key: 2 ** 32 - 1, time: 2n ** 64n - 1n, codec: 'msgpack' })
    expect(read[0]).toMatchObject({ type: 0, key: 0 })
    expect(read[0]!.time).toBeGreaterThan(before)
    expect(read[0]!.time).toBeLessThan(BigInt(Date.now() + 5) * 1_000_000n)
  })

  it('keeps bytes as they are, empty ones too, and copies them before it returns', async () => {
    const bytes = new Uint8Array([1, 2, 3])
    wal.appendBytes(bytes)
    bytes.fill(9)
    wal.appendBytes(new Uint8Array(0))
    wal.appendBytes(Uint8Array.of(0xc3), { codec: 'msgpack' })
    expect((await entries()).map(({ value }) => value)).toEqual([Uint8Array.of(1, 2, 3), new Uint8Array(0), true])
  })

  it('refuses what would be lost, with the path to it, and gives the LSN to the next record', async () => {
    const refusal = { code: 'ERR_RINGWAL_VALUE', path: '$.orders[1].tags' }
    expect(() => wal.append({ orders: [{}, { tags: new Set() }] })).toThrow(expect.objectContaining(refusal))
    expect(() => wal.append(1n)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_VALUE', path: '$' }))
    expect(wal.append('next')).toBe(1)
  })

  it('refuses a record over maxRecordBytes before it touches the ring', () => {
    const used = wal.stats().ringUsedBytes
    const refusal = { code: 'ERR_RINGWAL_TOO_LARGE', bytes: 1001, limit: 1000 }
    expect(() => wal.appendBytes(new Uint8Array(1001))).toThrow(expect.objectContaining(refusal))
    expect(wal.stats().ringUsedBytes).toBe(used)
    expect(wal.appendBytes(new Uint8Array(1000))).toBe(1)
  })

  it.each([
    ['type', { type: 65536 }],
    ['key', { key: -1 }],
    ['time', { time: -1n }],
  ])('refuses a wrong %s', (option, options) => {
    expect(() => wal.append('x', options)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION', option }))
  })
})

describe('appendBatch', () => {
  it('gives the LSN of the last record and marks all but it as going on', async () => {
    expect(wal.append('before')).toBe(1)
    expect(wal.appendBatch(['a', { b: 1 }, 'c'], { type: 3 })).toBe(4)
    const read = await entries()
    expect(read.map(({ value, type, continuesBatch }) => [value, type, continuesBatch])).toEqual([
      ['before', 0, false],
      ['a', 3, true],
      [{ b: 1 }, 3, true],
      ['c', 3, false],
    ])
  })

  it('refuses an empty batch, one that no segment holds, and one with a bad value, whole', () => {
    expect(() => wal.appendBatch([])).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_VALUE' }))
    const large = Array.from({ length: 2000 }, () => 'x'.repeat(900))
    expect(() => wal.appendBatch(large)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_TOO_LARGE' }))
    expect(() => wal.appendBatch(['a', new Map()])).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_VALUE' }))
    expect(wal.append('next')).toBe(1)
  })
})
