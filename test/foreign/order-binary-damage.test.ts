/** Order logs that are cut, lie in their headers or payloads, or stand in odd directories. */
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/foreign/order-binary/index.ts'
import { readOrderBinary, replayOrderBinary } from '../../src/foreign/order-binary/index.ts'
import { thrownBy } from '../support/log-records.ts'
import { unreadablePages } from '../support/unreadable-pages.ts'
import { diskOf, FIRST_FILE, replayEntries, replayLog } from './binary-fixture.ts'
import { entryBytes, entryOf, type WrittenEntry } from './order-writer.ts'

const order = (id: string): OrderEvent => ({
  ...{ kind: 'new', id, symbol: 'S', side: 'BUY', orderType: 1, timeInForce: 0, quantity: 1, price: null },
})
const entry = (sequence: number, more: Partial<WrittenEntry> = {}): Buffer<ArrayBuffer> =>
  entryBytes({ sequence: BigInt(sequence), ...entryOf(order(`O${sequence}`)), ...more })
/** Bytes of such an entry, 31 of them payload. */
const LENGTH = entry(1).length
const ids = (result: { orders: object }): string => Object.keys(result.orders).join()

describe('a file cut anywhere', () => {
  it('gives the entries before the cut; a cut payload is told there, a cut header only here', async () => {
    const file = Buffer.concat([1, 2, 3].map((sequence) => entry(sequence)))
    for (let cut = 0; cut < file.length; cut++) {
      const whole = Math.floor(cut / LENGTH)
      const left = cut % LENGTH
      const { entries_replayed, corrupted_entries, warnings, damage, counts } = await replayEntries(
        file.subarray(0, cut),
      )
      expect(entries_replayed, `cut ${cut}`).toBe(whole)
      expect(corrupted_entries, `cut ${cut}`).toBe(left >= 40 ? 1 : 0)
      const warning = `Truncated WAL entry at offset; offset = ${whole * LENGTH}`
      expect(warnings, `cut ${cut}`).toEqual(left >= 40 ? [warning] : [])
      expect(damage, `cut ${cut}`).toMatchObject(
        left === 0 ? [] : [{ class: 'truncated', offset: whole * LENGTH, bytes: left }],
      )
      expect(counts.parseErrors, `cut ${cut}`).toBe(left === 0 ? 0 : 1)
    }
  })
})

describe('a header', () => {
  it('of another magic or version ends its file, and the next one goes on', async () => {
    const bad = [
      { magic: 0x57414c44 },
      { version: 0 },
      { version: 2 },
      { payloadSize: 0xffff_ffff },
      { payloadSize: LENGTH + 32 },
    ]
    for (const harm of bad) {
      const first = Buffer.concat([entry(1), entry(2, harm), entry(3)])
      const result = await replayLog(diskOf({ [FIRST_FILE]: first, 'orders_0000000000000003.wal': entry(4) }))
      expect(ids(result)).toBe('O1,O4')
      expect(result).toMatchObject({ corrupted_entries: 1, entries_replayed: 2, current_sequence: 4 })
      expect(result.damage.map((place) => place.class).slice(1)).toEqual(['gap'])
    }
  })

  it('of a payload size that is too small costs what comes behind it', async () => {
    const result = await replayEntries(Buffer.concat([entry(1), entry(2, { payloadSize: 4 }), entry(3)]))
    expect(result.warnings).toEqual([
      'WAL entry checksum mismatch at offset; offset = 71',
      'Invalid WAL entry magic at offset; offset = 115',
    ])
    expect(result).toMatchObject({ corrupted_entries: 2, entries_replayed: 1 })
  })

  it('of a type that there is not is replayed without an effect, and told of', async () => {
    for (const type of [0, 7, 99, 255]) {
      const result = await replayEntries(Buffer.concat([entry(1), entry(2, { type })]))
      expect(result).toMatchObject({ entries_replayed: 2, corrupted_entries: 0, count: 1, warnings: [] })
      expect(result.damage).toMatchObject([{ class: 'header', offset: LENGTH, bytes: 0 }])
      expect(result.counts).toMatchObject({ ignored: 1, events: 1 })
    }
  })

  it('of another type than its payload is believed, as there, and told of', async () => {
    const result = await replayEntries(Buffer.concat([entry(1), entry(2, { type: 4 })]))
    expect(result.orders['O2']).toMatchObject({ status: 'CANCELED', reason: 'S' })
    expect(result.damage).toMatchObject([{ class: 'structure', offset: LENGTH }])
  })

  it('with bytes where zeros are is told of', async () => {
    const result = await replayEntries(entry(1, { reserved: 0x010000 }))
    expect(result).toMatchObject({ entries_replayed: 1, damage: [{ class: 'header' }] })
  })
})

describe('sequence numbers', () => {
  it('that jump far ahead make all that follows old, as there', async () => {
    const result = await replayEntries(
      Buffer.concat([entry(1), entryBytes({ sequence: 2n ** 60n, ...entryOf(order('X')) }), entry(3)]),
    )
    expect(ids(result)).toBe('O1,X')
    expect(result.current_sequence).toBe('1152921504606846976')
    expect(result.warnings).toEqual([
      'WAL sequence gap detected; last_sequence = 1; header.sequence = 1152921504606846976',
      'Skipping duplicate/out-of-order WAL entry; header.sequence = 3; last_sequence = 1152921504606846976',
    ])
    expect(result.damage.map((place) => place.class)).toEqual(['gap', 'repeated'])
  })

  it('may begin where the name of the first file says, and else are missing', async () => {
    const later = 'orders_000000000000000a.wal'
    expect(await replayLog(diskOf({ [later]: entry(11) }))).toMatchObject({ damageCount: 0, current_sequence: 11 })
    const missing = await replayLog(diskOf({ [later]: entry(14) }))
    expect(missing.warnings).toEqual([])
    expect(missing.damage).toMatchObject([{ class: 'gap', bytes: 0 }])
  })

  it('of zero are never above the last one', async () => {
    const result = await replayEntries(entry(0))
    expect(result).toMatchObject({ entries_replayed: 0, current_sequence: 0 })
    expect(result.warnings).toEqual([
      'Skipping duplicate/out-of-order WAL entry; header.sequence = 0; last_sequence = 0',
    ])
  })

  it('that repeat lose what they say, unless it is the same entry or a mark', async () => {
    const rotation = entryBytes({ sequence: 1n, type: 6, payload: new Uint8Array(0) })
    const log = Buffer.concat([entry(1), entry(2), entry(2), rotation, entry(2, { time: 5n })])
    const { counts, damage, warnings } = await replayEntries(log)
    expect(counts).toMatchObject({ lines: 5, events: 3, ignored: 2, stateRejected: 1, ledgerApplied: 2 })
    expect(damage).toMatchObject([{ class: 'repeated', offset: LENGTH * 3 + 40 }])
    expect(warnings).toHaveLength(3)
  })

  it('are those of the newest file name where nothing is replayed', async () => {
    const empty = new Uint8Array(0)
    const files = { [FIRST_FILE]: empty, 'orders_00000000000000FF.wal': empty }
    expect(await replayLog(diskOf(files))).toMatchObject({ current_sequence: 255, entries_replayed: 0, damageCount: 0 })
    const far = diskOf({ 'orders_ffffffffffffffff.wal': empty })
    expect(await replayLog(far)).toMatchObject({ current_sequence: '18446744073709551615' })
  })
})

describe('a directory', () => {
  it('is read by the names of one prefix', async () => {
    const disk = diskOf({
      'orders_0000000000000001.wal': entry(2),
      [FIRST_FILE]: entry(1),
      'orders_extra.wal': entry(3),
      'orders_0000000000000000.wal.bak': entry(9),
      'trades_0000000000000000.wal': entry(8),
      'order_0000000000000000.wal': entry(7),
    })
    disk.makeLink('/log/orders_0000000000000005.wal', '/log/trades_0000000000000000.wal')
    const result = await replayLog(disk)
    expect(ids(result)).toBe('O1,O2,O3')
    expect(result.notes).toEqual([
      'orders_extra.wal has no sequence number, and is read',
      'order_0000000000000000.wal does not begin with orders_, and is not read',
      'trades_0000000000000000.wal does not begin with orders_, and is not read',
      'orders_0000000000000005.wal is not read: it is a link',
    ])
    expect(ids(await replayLog(disk, {}, '/log', 'trades'))).toBe('O8')
  })

  it('of another prefix alone is found, of several is refused', async () => {
    const disk = diskOf({ 'a_b_0000000000000000.wal': entry(1) })
    expect(ids(await replayLog(disk))).toBe('O1')
    disk.writeFile('/log/c_0000000000000000.wal', entry(1))
    expect(thrownBy(() => replayLog(disk))).toMatchObject({ code: 'ERR_RINGWAL_INPUT', prefixes: ['a_b', 'c'] })
  })

  it('without a file is an empty log, with a note', async () => {
    const result = await replayLog(diskOf({ readme: entry(1) }))
    expect(result).toMatchObject({ entries_replayed: 0, count: 0, current_sequence: 0, damageCount: 0, warnings: [] })
    expect(result.notes).toHaveLength(1)
  })

  it('with a file that can not be read is no log: a state with a hole is not given', async () => {
    const disk = diskOf({ [FIRST_FILE]: entry(1), 'orders_0000000000000001.wal': entry(2) })
    disk.faults = unreadablePages(`/log/${FIRST_FILE}`, [0])
    await expect(replayLog(disk)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO' })
    expect(disk.openPaths()).toEqual([])
  })
})

describe('a payload', () => {
  it('larger than is allowed is told of and passed over if it is whole', async () => {
    const large = entry(2, entryOf(order('x'.repeat(2000))))
    const result = await replayEntries(Buffer.concat([entry(1), large, entry(3)]), { maxRecordBytes: 1000 })
    expect(ids(result)).toBe('O1,O3')
    expect(result.damage.map((place) => place.class)).toEqual(['too-large', 'gap'])
    expect(result.corrupted_entries).toBe(1)
  })

  it('whose texts run past its end is read as the original did', async () => {
    const { type, payload } = entryOf(order('ABC'))
    const long = Buffer.from(payload)
    long.writeUInt32LE(0xffff_fff0, 7)
    const { orders, damage, warnings } = await replayEntries(entryBytes({ sequence: 1n, type, payload: long }))
    // The symbol's length is passed over and what follows it, S and the side, is taken for the side and so on.
    expect(orders['ABC']).toMatchObject({ symbol: '', side: 'BUY' })
    expect(warnings).toEqual([])
    expect(damage.map((place) => place.class)).toEqual(['structure', 'content'])
  })

  it('that ends behind a text is read as the original did', async () => {
    const payload = Buffer.from([2, 0, 0, 0, 0x41, 0x42])
    const { orders, damage } = await replayEntries(entryBytes({ sequence: 1n, type: 4, payload }))
    expect(orders['AB']).toMatchObject({ status: 'CANCELED', reason: '' })
    expect(damage).toMatchObject([{ class: 'structure', reason: expect.stringContaining('ends before the reason') }])
  })

  it('with bytes behind its last field is used and told of', async () => {
    const { type, payload } = entryOf(order('A'))
    const result = await replayEntries(
      entryBytes({ sequence: 1n, type, payload: Buffer.concat([payload, Buffer.alloc(3)]) }),
    )
    expect(ids(result)).toBe('A')
    expect(result.damage).toMatchObject([{ class: 'structure' }])
  })
})

describe('what can not be read at all', () => {
  it('is refused by its code', async () => {
    const codeOf = (use: () => unknown): unknown => (thrownBy(use) as { code?: unknown }).code
    expect(codeOf(() => readOrderBinary('/nowhere/at-all'))).toBe('ERR_RINGWAL_NOT_FOUND')
    expect(codeOf(() => readOrderBinary('/', { prefix: 'a/b' }))).toBe('ERR_RINGWAL_OPTION')
    expect(codeOf(() => readOrderBinary('/', { maxReports: -1 }))).toBe('ERR_RINGWAL_OPTION')
    await expect(replayOrderBinary('/nowhere/at-all')).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
  })
})
