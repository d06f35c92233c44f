/** Every case of the stream broker's recovery gives what the original gave. */
import { describe, expect, it } from 'vitest'
import {
  partitionBinaryJson,
  readPartitionBinary,
  replayPartitionBinary,
  streamPartitionBinary,
} from '../../src/foreign/partition-binary/index.ts'
import { summaryLine } from '../../src/foreign/summary-line.ts'
import { casesOf, expectedOf } from './binary-fixture.ts'

interface Case {
  readonly file: string
  readonly recovered: number
  readonly crc_skipped: number
  readonly partial_tail_warning: boolean
  readonly leftover_tail_bytes: number
  readonly records: readonly object[]
}

const encoder = new TextEncoder()
const WAL = `${casesOf('partition-binary')}wal/`
const CASES = expectedOf<Case>('partition-binary')

function fieldsOf({ recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records }: Case): object {
  return { recovered, crc_skipped, partial_tail_warning, leftover_tail_bytes, records }
}

describe.each(CASES)('$file', (known) => {
  it('is replayed with the counts and records of the original', async () => {
    expect(await replayPartitionBinary(WAL + known.file)).toMatchObject(fieldsOf(known))
  })

  it('gives the same as JSON, with its warnings', async () => {
    let text = ''
    for await (const piece of partitionBinaryJson(streamPartitionBinary(WAL + known.file))) text += piece
    const { warnings, ...fields } = JSON.parse(text)
    expect(fields).toEqual(fieldsOf(known))
    const isWhole = known.crc_skipped === 0 && known.leftover_tail_bytes === 0 && !known.file.startsWith('size_zero')
    expect(warnings.length > 0).toBe(!isWhole)
  })

  it('counts each place that gave no record as a parse error', async () => {
    const { counts, damage, damageCount } = await replayPartitionBinary(WAL + known.file)
    expect(damage).toHaveLength(damageCount)
    expect(counts).toMatchObject({
      events: known.recovered,
      parseErrors: damageCount,
      lines: known.recovered + damageCount,
    })
  })
})

describe('a partition file', () => {
  it('gives entries with ordinals, nanoseconds, keys by hash and bytes', async () => {
    const entries = []
    for await (const entry of readPartitionBinary(`${WAL}clean_10.wal`)) entries.push(entry)
    expect(entries.map(({ lsn }) => lsn)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    const [first] = entries
    expect(first?.time).toBe(1_769_900_000_000_000_000n)
    expect(first?.type).toBe(0)
    expect(first?.value).toEqual({ key: encoder.encode('key-0'), value: encoder.encode('value-0') })
    expect(entries.map(({ key }) => key === 0)).toEqual(
      [4, 9].reduce((keys, at) => keys.with(at, true), Array(10).fill(false)),
    )
    expect(new Set(entries.map(({ key }) => key)).size).toBe(9)
    expect(entries[1]).toMatchObject({ file: 'clean_10.wal', offset: 36 })
  })

  it('is read up to its first damage unless told otherwise', async () => {
    const lsns: number[] = []
    const read = async (): Promise<void> => {
      for await (const { lsn } of readPartitionBinary(`${WAL}crc_flip_rec3.wal`)) lsns.push(lsn)
    }
    await expect(read()).rejects.toMatchObject({
      code: 'ERR_RINGWAL_DAMAGED',
      offset: 108,
      expected: 'a3c2d91e',
      actual: 'a3c2d91f',
    })
    expect(lsns).toEqual([1, 2, 3])
  })

  it('has a summary line', async () => {
    const { counts } = await replayPartitionBinary(`${WAL}crc_flip_rec3.wal`)
    expect(summaryLine('a b', counts)).toBe(
      'WAL replay completed path=a b lines=10 events=9 ignored=0 parse_errors=1 state_rejected=0 ledger_applied=9',
    )
  })
})

describe('a directory of partitions', () => {
  it('is read file by file, and the damage of one harms no other', async () => {
    const { recovered, crc_skipped, damage, leftover_tail_bytes } = await replayPartitionBinary(WAL)
    const sum = (pick: (known: Case) => number): number => CASES.reduce((total, known) => total + pick(known), 0)
    expect(recovered).toBe(sum((known) => known.recovered))
    expect(crc_skipped).toBe(sum((known) => known.crc_skipped))
    expect(leftover_tail_bytes).toBe(sum((known) => known.leftover_tail_bytes))
    expect([...new Set(damage.map(({ file }) => file))].sort()).toEqual([
      'crc_flip_rec3.wal',
      'size_plus1_rec3_desync.wal',
      'size_zero_rec3.wal',
      'torn_in_header.wal',
      'torn_in_size_field.wal',
      'ts_flip_rec3.wal',
    ])
  })
})
