/** `ringwal import`: another system's log as a ringwal log, with the order, times, keys and sequence that it had. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Entry, readWal } from '../../src/index.ts'
import { ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const CASES = fileURLToPath(new URL('../../../test/foreign/cases/', import.meta.url))

async function entriesOf(dir: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of readWal(dir)) entries.push(entry)
  return entries
}

async function imported(file: string, format: string): Promise<{ code: number | null; entries: Entry[]; dir: string }> {
  const dir = path('imported')
  const { code } = await ringwalInside(['import', join(CASES, file), '--format', format, '--output', dir])
  expect((await ringwalInside(['verify', dir])).code).toBe(0)
  return { code, entries: await entriesOf(dir), dir }
}

describe('an imported log', () => {
  it('of the order gateway keeps times, sequence and every field, and replays to the same counters', async () => {
    const file = 'order-jsonl/wal/upstream_rebuild.wal'
    const { code, entries, dir } = await imported(file, 'order-jsonl')
    const lines = readFileSync(join(CASES, file), 'utf8').trimEnd().split('\n')
    expect(code).toBe(0)
    expect(entries.length).toBe(lines.length)
    for (const [i, { lsn, time, type, key, value }] of entries.entries()) {
      const { kind, seq, ts_ns, ...fields } = JSON.parse(lines[i]!)
      const { exchange_ts_ns, recv_ts_ns, ...plain } = fields
      const times = { ts_ns: BigInt(ts_ns), exchange_ts_ns: BigInt(exchange_ts_ns), recv_ts_ns: BigInt(recv_ts_ns) }
      expect(value).toEqual({ kind, seq: BigInt(seq), ...times, ...plain })
      expect({ lsn, time, type }).toEqual({ lsn: i + 1, time: BigInt(ts_ns), type: kind === 'order' ? 1 : 2 })
      expect(key).toBe(entries[0]!.key)
    }
    const { code: replayed, stdout } = await ringwalInside(['replay', dir, '--json'])
    expect(replayed).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ lines: 3, events: 3, parse_errors: 0, state_rejected: 0, ledger_applied: 3 },
      orders: [{ client_order_id: 'ord-1', status: 'filled', filled_volume: '2' }],
      positions: [{ direction: 'long', volume: '2', avg_price: '4505', margin: '901' }],
    })
  })

  it('of the stream broker keeps keys and values, byte for byte', async () => {
    const { code, entries } = await imported('partition-binary/wal/clean_10.wal', 'partition-binary')
    const expected = JSON.parse(readFileSync(join(CASES, 'partition-binary/expected.json'), 'utf8')) as {
      file: string
      records: { timestamp: number; key: string; value: string }[]
    }[]
    const { records } = expected.find(({ file }) => file === 'clean_10.wal')!
    expect(code).toBe(0)
    const hex = (bytes: Uint8Array | null): string | null =>
      bytes === null ? null : Buffer.from(bytes).toString('hex')
    const found = entries.map(({ time, value }) => {
      const { timestamp, key, value: bytes } = value as { timestamp: bigint; key: Uint8Array; value: Uint8Array }
      expect(time).toBe(timestamp * 1_000_000n)
      return { timestamp: Number(timestamp), key: hex(key), value: hex(bytes) }
    })
    expect(found).toEqual(records)
    expect(new Set(entries.map(({ key }) => key)).size).toBe(new Set(records.map(({ key }) => key)).size)
  })

  it('of the trading engine keeps the sequence, from all files of a directory', async () => {
    const { code, entries } = await imported('order-binary/wal/lifecycle', 'order-binary')
    expect(code).toBe(0)
    expect(entries.map(({ value }) => Number((value as { sequence: bigint }).sequence))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
    expect(entries.map(({ type }) => type)).toEqual([257, 258, 259, 258, 259, 258, 259, 258])
  })
})

describe('what can not be imported', () => {
  it('is told, and the exit code is 1', async () => {
    const dir = path('imported')
    const args = ['import', join(CASES, 'partition-binary/wal/crc_flip_rec3.wal'), '--format', 'partition-binary']
    const { code, stdout, stderr } = await ringwal([...args, '--output', dir, '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ records: 9, lost: 1 })
    expect(stderr).toContain('checksum damage in crc_flip_rec3.wal')
  })

  it('leaves no directory behind: a file of version 4 that is refused', async () => {
    const dir = path('imported')
    const file = join(CASES, 'order-jsonl-v4-derived/gap.wal')
    const { code, stderr } = await ringwalInside(['import', file, '--format', 'order-jsonl', '--output', dir])
    expect(code).toBe(2)
    expect(stderr).toContain('ERR_RINGWAL_DAMAGED')
    expect(existsSync(dir)).toBe(false)
    expect(readdirSync(dirname(dir)).filter((name) => name.includes('importing'))).toEqual([])
  })

  it('is a place where something stands already', async () => {
    const dir = path('occupied')
    mkdirSync(dir)
    writeFileSync(join(dir, 'precious'), 'x')
    const file = join(CASES, 'order-jsonl/wal/upstream_rebuild.wal')
    const { code, stderr } = await ringwalInside(['import', file, '--format', 'order-jsonl', '--output', dir])
    expect(code).toBe(2)
    expect(stderr).toContain('--output')
    expect(readdirSync(dir)).toEqual(['precious'])
  })
})
