import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { FRAME_HEADER_BYTES, readFrame } from '../../src/format/index.ts'
import { defineRecord, type Entry, field, readWal, replay, verifyLog, Wal, type WalOptions } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { apply, init, Order, orderOf } from './declared-orders.ts'

let dir: string

beforeEach(() => {
  dir = temporaryDirectory()
})

function open(options: Partial<WalOptions> = {}): Promise<Wal> {
  return Wal.open({ dir, segmentBytes: 1 << 20, ringBytes: 65536, maxRecordBytes: 20_000, ...options })
}

async function entries(): Promise<Entry[]> {
  const list: Entry[] = []
  for await (const entry of readWal(dir)) list.push(entry)
  return list
}

const WAYS = [
  { way: 'by the only producer, where it stands', isShared: false },
  { way: 'beside others, as a copy', isShared: true },
]

describe.each(WAYS)('appended $way,', ({ isShared }) => {
  async function openWay(options: Partial<WalOptions> = {}): Promise<Wal> {
    const wal = await open(options)
    if (isShared) wal.producer().close()
    return wal
  }

  it('records of all shapes come back, around a small ring many times, between others', async () => {
    const wal = await openWay()
    const plain = new Uint8Array(33).fill(7)
    for (let id = 0; id < 3000; id++) {
      expect(wal.appendRecord(Order, orderOf(id))).toBe(2 * id + 1)
      expect(wal.lastLsn).toBe(2 * id + 1)
      wal.appendBytes(plain)
    }
    wal.appendRecord(Order, orderOf(5), { time: 12345n })
    await wal.close()
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 6001 })
    const read = await entries()
    for (let id = 0; id < 3000; id++) {
      const [entry, other] = [read[2 * id]!, read[2 * id + 1]!]
      expect(entry.as(Order)).toStrictEqual(orderOf(id))
      expect(Order.decodeEntry(entry)).toStrictEqual(entry.value)
      expect(entry).toMatchObject({ type: 7, key: Order.key(orderOf(id)), codec: 'msgpack' })
      expect(entry.bytes).toEqual(Order.encodeToBytes(orderOf(id)))
      expect(other.bytes).toEqual(plain)
    }
    expect(read[6000]!.time).toBe(12345n)
    expect(read[0]!.time).toBeGreaterThan(BigInt(Date.now() - 60_000) * 1_000_000n)
  })

  it('zeros stand behind each payload, to the next multiple of 8', async () => {
    const wal = await openWay()
    for (let i = 0; i < 100; i++) wal.appendBytes(new Uint8Array(1000).fill(0xff))
    for (let id = 0; id < 400; id++) wal.appendRecord(Order, { ...orderOf(1), account: 'x'.repeat(id % 100) })
    await wal.close()
    const file = readFileSync(join(dir, '00000000000000000001.rwal'))
    const view = new DataView(file.buffer, file.byteOffset, file.length)
    let padded = 0
    for (const { offset, bytes } of await entries()) {
      const end = offset + FRAME_HEADER_BYTES + bytes.length
      expect(readFrame(view, offset).length).toBe(bytes.length)
      for (let at = end; at % 8 !== 0; at++, padded++) expect(file[at]).toBe(0)
    }
    expect(padded).toBeGreaterThan(1000)
  })

  it('what is refused takes no LSN and leaves nothing behind', async () => {
    const wal = await openWay({ maxRecordBytes: 2000 })
    const good = orderOf(1)
    const wrong = { code: 'ERR_RINGWAL_VALUE', record: 'order', field: 'account' }
    expect(wal.appendRecord(Order, good)).toBe(1)
    for (const account of [5, undefined, 'lone \ud800', `${'x'.repeat(50)}\udfff`]) {
      const value = { ...good, account: account as string }
      expect(() => wal.appendRecord(Order, value)).toThrow(expect.objectContaining(wrong))
    }
    const long = { code: 'ERR_RINGWAL_TOO_LARGE', limit: 2000 }
    for (const meta of [undefined, { some: 'thing' }]) {
      const value = { ...good, raw: new Uint8Array(2000), meta }
      expect(() => wal.appendRecord(Order, value)).toThrow(expect.objectContaining(long))
    }
    const other = { name: 'order', type: 7 } as unknown as typeof Order
    const options = { code: 'ERR_RINGWAL_OPTION' }
    expect(() => wal.appendRecord(other, good)).toThrow(expect.objectContaining({ ...options, option: 'record' }))
    const late = { time: -1n }
    expect(() => wal.appendRecord(Order, good, late)).toThrow(expect.objectContaining({ ...options, option: 'time' }))
    expect(wal.appendRecord(Order, orderOf(2))).toBe(2)
    await wal.close()
    expect(() => wal.appendRecord(Order, good)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_CLOSED' }))
    expect((await entries()).map((entry) => entry.as(Order))).toStrictEqual([orderOf(1), orderOf(2)])
  })

  it('a getter may append to the same log: it comes first', async () => {
    const wal = await openWay()
    const value = {
      ...orderOf(1),
      get price(): number {
        return wal.appendRecord(Order, orderOf(99))
      },
    }
    expect(wal.appendRecord(Order, value)).toBe(2)
    await wal.close()
    const read = (await entries()).map((entry) => entry.as(Order))
    expect(read).toStrictEqual([orderOf(99), { ...orderOf(1), price: 1 }])
  })

  it('a getter may let another thread in', async () => {
    const wal = await openWay()
    const value = {
      ...orderOf(1),
      get price(): number {
        wal.producer().close()
        return 5
      },
    }
    expect(wal.appendRecord(Order, value)).toBe(1)
    expect(wal.appendRecord(Order, orderOf(2))).toBe(2)
    await wal.close()
    const read = (await entries()).map((entry) => entry.as(Order))
    expect(read).toStrictEqual([{ ...orderOf(1), price: 5 }, orderOf(2)])
  })

  it('64-bit integers need a log that has them', async () => {
    const Fill = defineRecord({ name: 'fill', type: 8, fields: { id: field.i64(), size: field.u53() } })
    const fill = { id: -(2n ** 63n), size: 2 ** 40 }
    const narrow = await openWay()
    const refusal = { code: 'ERR_RINGWAL_VALUE', field: 'id', allowed: expect.stringContaining('useBigInt64') }
    expect(() => narrow.appendRecord(Fill, fill)).toThrow(expect.objectContaining(refusal))
    await narrow.close()
    dir = temporaryDirectory()
    const wide = await openWay({ useBigInt64: true })
    wide.appendRecord(Fill, fill)
    await wide.close()
    const [entry] = await entries()
    expect(entry!.as(Fill)).toStrictEqual(fill)
    expect(entry!.value).toStrictEqual(fill)
  })

  it('a full ring blocks, and loses none', async () => {
    const wal = await openWay({ sync: { policy: 'always' } })
    const value = { ...orderOf(1), raw: new Uint8Array(6000), account: 'é'.repeat(2000) }
    for (let i = 0; i < 300; i++) wal.appendRecord(Order, value)
    await wal.close()
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 300 })
  })
})

it('an attached producer appends records too', async () => {
  const wal = await open()
  const further = Wal.attach(wal.producer())
  for (let id = 0; id < 50; id += 2) {
    expect(wal.appendRecord(Order, orderOf(id))).toBe(id + 1)
    expect(further.appendRecord(Order, orderOf(id + 1))).toBe(id + 2)
  }
  further.detach()
  await wal.close()
  const read = (await entries()).map((entry) => entry.as(Order))
  expect(read).toStrictEqual(Array.from({ length: 50 }, (_, id) => orderOf(id)))
})

it('an entry of another type, or of bytes, is no such record', async () => {
  const wal = await open()
  wal.append({ id: 1 }, { type: 3 })
  wal.appendBytes(Uint8Array.of(0x80), { type: 7 })
  wal.append({ id: 'no number' }, { type: 7 })
  await wal.close()
  const [other, bytes, misfit] = await entries()
  const refusal = { code: 'ERR_RINGWAL_INPUT', record: 'order' }
  expect(() => other!.as(Order)).toThrow(expect.objectContaining({ ...refusal, lsn: 1, type: 3 }))
  expect(() => Order.decodeEntry(bytes!)).toThrow(expect.objectContaining({ ...refusal, lsn: 2 }))
  expect(() => misfit!.as(Order)).toThrow(expect.objectContaining({ ...refusal, field: 'id' }))
})

describe('a replay', () => {
  const reducer = new URL('./declared-orders.js', import.meta.url)

  it.each([1, 2])('decodes them in its reducer (workers: %i)', async (workers) => {
    const wal = await open()
    const state = init()
    for (let id = 0; id < 2000; id++) {
      wal.appendRecord(Order, orderOf(id))
      apply(state, { lsn: id + 1, type: 7, key: 0, time: 0n, value: orderOf(id) })
      if (id % 10 === 0) wal.append('another', { type: 1 })
    }
    await wal.close()
    expect((await replay(dir, { reducer, workers })).state).toEqual(state)
  })

  it('ends at one that does not fit, naming LSN and field', async () => {
    const wal = await open()
    wal.appendRecord(Order, orderOf(1))
    wal.append({ ...orderOf(2), side: 'hold' }, { type: 7 })
    await wal.close()
    const refusal = { code: 'ERR_RINGWAL_INPUT', lsn: 2, record: 'order', field: 'side', value: '"hold"' }
    await expect(replay(dir, { reducer })).rejects.toThrow(expect.objectContaining(refusal))
  })
})
