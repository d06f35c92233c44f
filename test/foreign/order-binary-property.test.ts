/** What the original writes is read back; whatever else a log holds is replayed as the original did, in bounded memory. */
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WINDOW_BYTES } from '../../src/foreign/file-window.ts'
import { planForeign } from '../../src/foreign/foreign-options.ts'
import {
  type CheckpointOrder,
  type OrderEvent,
  type OrderReplayResult,
  orderBinaryJson,
} from '../../src/foreign/order-binary/index.ts'
import { OrderReplay } from '../../src/foreign/order-binary/order-replay.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { diskOf, FIRST_FILE, replayLog } from './binary-fixture.ts'
import { mutate } from './mutate-bytes.ts'
import { type OracleReplay, replayWhole } from './order-oracle.ts'
import { logBytes } from './order-writer.ts'
import { watched } from './watched-files.ts'

const text = fc.string({ maxLength: 12, unit: 'grapheme' })
const double = fc.double()
const time = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
const byte = fc.integer({ min: 0, max: 255 })
const maybe = fc.option(double)
const checkpointOrder: fc.Arbitrary<CheckpointOrder> = fc.record({
  ...{ id: text, symbol: text, side: text, quantity: maybe, limit: maybe, executed: double, averagePrice: double },
  ...{ venueId: text, status: text, reason: text, time, created: time },
})
const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.record({
    ...{
      kind: fc.constant('new' as const),
      id: text,
      symbol: text,
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
    },
    ...{ orderType: byte, timeInForce: byte, quantity: double, price: maybe },
  }),
  fc.record({ kind: fc.constant('update' as const), id: text, venueId: text, status: text, reason: text, time }),
  fc.record({ kind: fc.constant('fill' as const), id: text, symbol: text, quantity: double, price: double, time }),
  fc.record({ kind: fc.constant('cancel' as const), id: text, reason: text, time }),
  fc.record({ kind: fc.constant('checkpoint' as const), orders: fc.array(checkpointOrder, { maxLength: 3 }) }),
  fc.constant({ kind: 'rotation' } as const),
)

/** Of few orders, so that events meet; in ASCII, as the oracle reads. */
function randomEvent(random: SeededRandom): OrderEvent {
  const id = random.pick(['A', 'B', 'C', '__proto__'])
  const time = BigInt(random.between(-1, 6))
  const quantity = random.pick([0.1, 0.5, 1, 1 / 3, 0, -1, Number.NaN, 1e308, 1e-13])
  const status = random.pick(['NEW', 'CANCELED', 'FILLED', 'EXPIRED', 'REJECTED', '', 'odd'])
  const [venueId, reason, symbol] = [random.pick(['', 'V']), random.pick(['', 'r']), random.pick(['', 'S', 'T'])]
  const price = random.pick([1, 50_000.5, 0, Infinity])
  switch (random.below(6)) {
    case 0:
      return {
        kind: 'new',
        id,
        symbol,
        side: 'SELL',
        orderType: 1,
        timeInForce: 0,
        quantity,
        price: random.pick([null, 3]),
      }
    case 1:
      return { kind: 'update', id, venueId, status, reason, time }
    case 2:
      return { kind: 'fill', id, symbol, quantity, price, time }
    case 3:
      return { kind: 'cancel', id, reason, time }
    case 4: {
      const held = {
        id,
        symbol,
        side: random.pick(['', 'BUY', 'SELL']),
        quantity,
        limit: null,
        venueId,
        status,
        reason,
        time,
      }
      return { kind: 'checkpoint', orders: [{ ...held, executed: quantity, averagePrice: price, created: 0n }] }
    }
    default:
      return { kind: 'rotation' }
  }
}

/** Gives every entry that still has its place the checksum of what it holds now, so that its payload is looked at. */
function makeChecksumsRight(file: Buffer): void {
  for (let at = 0; at + 40 <= file.length; ) {
    const end = at + 40 + file.readUInt32LE(at + 28)
    if (file.readUInt32LE(at) !== 0x57414c45 || end > file.length) return
    file.writeUInt32LE(crc32(file.subarray(at + 40, end)), at + 32)
    at = end
  }
}

/** A text with one character for each byte, as the oracle has them. */
function latin1Of(text: string): string {
  let result = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    const isByte = code >= 0xdc80 && code <= 0xdcff
    result += isByte ? String.fromCharCode(code - 0xdc00) : Buffer.from(character).toString('latin1')
  }
  return result
}

/** What both answers can be compared by. */
function comparable(result: OrderReplayResult): object {
  const { entries_replayed, bytes_replayed, corrupted_entries, warnings } = result
  const orders = Object.entries(result.orders).map(([id, { last_ts_ns, ...order }]) => {
    const fields = Object.entries(order).map(([name, value]) => [name, latin1Of(String(value))])
    return [latin1Of(id), String(last_ts_ns), Object.fromEntries(fields)]
  })
  return { entries_replayed, bytes_replayed, corrupted_entries, warnings: warnings.map(latin1Of), orders }
}

function comparableOracle({ orders: held, last: _, ...rest }: OracleReplay): object {
  const orders = [...held].map(([id, { last, ...order }]) => {
    const fields = Object.entries(order).map(([name, value]) => [name, String(value)])
    return [id, String(last), Object.fromEntries(fields)]
  })
  return { ...rest, orders }
}

describe('what the original wrote', () => {
  it('is read back exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 20 }), async (events) => {
        const replay = new OrderReplay(
          diskOf({ [FIRST_FILE]: logBytes(events) }),
          '/log',
          planForeign('/log', {}, 'stop'),
        )
        const entries = []
        for await (const entry of replay.entries()) entries.push(entry)
        expect(entries.map(({ value }) => value)).toEqual(events)
        expect(entries.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => BigInt(at + 1)))
      }),
    )
  })

  it('is replayed as a plain reading does, over several files', async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed)
      const parts = [random.below(20), random.below(20), random.below(20)]
      let first = 1n
      const files = parts.map((count) => {
        const name = `orders_${(first - 1n).toString(16).padStart(16, '0')}.wal`
        const bytes = logBytes(
          Array.from({ length: count }, () => randomEvent(random)),
          first,
        )
        first += BigInt(count)
        return { name, bytes }
      })
      const result = await replayLog(diskOf(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]))))
      const names = [...new Map(files.map(({ name, bytes }) => [name, bytes])).values()]
      expect(comparable(result), `seed ${seed}`).toEqual(comparableOracle(replayWhole(names)))
      const { lines, events, ignored, parseErrors, stateRejected, ledgerApplied } = result.counts
      expect([lines, parseErrors]).toEqual([result.entries_replayed, 0])
      expect([lines, events]).toEqual([events + ignored, stateRejected + ledgerApplied])
    }
  })
})

describe('a mutated log', () => {
  it.each(['with wrong checksums', 'with right checksums'])(
    '%s is replayed as the original did, within its bytes',
    async (kind) => {
      for (let seed = 1; seed <= 2000; seed++) {
        const random = new SeededRandom(seed)
        const whole = logBytes(Array.from({ length: random.between(1, 10) }, () => randomEvent(random)))
        const file = mutate(random, whole)
        if (kind === 'with right checksums') makeChecksumsRight(file)
        const { fs, largest } = watched(diskOf({ [FIRST_FILE]: file }))
        const result = await replayLog(fs)
        expect(comparable(result), `seed ${seed}`).toEqual(comparableOracle(replayWhole([file])))
        expect(largest(), `seed ${seed}`).toBeLessThanOrEqual(Math.min(file.length, WINDOW_BYTES))
        const { lines, events, ignored, parseErrors, stateRejected, ledgerApplied } = result.counts
        expect([lines, events], `seed ${seed}`).toEqual([events + ignored + parseErrors, stateRejected + ledgerApplied])
      }
    },
  )

  it('never hides that a payload was changed: some damage is told', async () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new SeededRandom(seed)
      const file = logBytes(Array.from({ length: 5 }, () => randomEvent(random)))
      const at = 40 + random.below(40)
      if (file.readUInt32LE(28) === 0 || at >= 40 + file.readUInt32LE(28)) continue
      file[at]! ^= 1 << random.below(8)
      const { damage } = await replayLog(diskOf({ [FIRST_FILE]: file }))
      expect(
        damage.some((place) => place.class === 'checksum' && place.offset === 0),
        `seed ${seed}`,
      ).toBe(true)
    }
  })
})

describe('a checkpoint of many orders', () => {
  it('larger than a window is taken in', async () => {
    const orders = Array.from({ length: 30_000 }, (_, at) => ({
      ...{ id: `ORDER-${at}`, symbol: 'S', side: 'BUY', quantity: 2, limit: 3, executed: 1, averagePrice: 3 },
      ...{ venueId: '', status: '', reason: '', time: 1n, created: 1n },
    }))
    const disk = diskOf({ [FIRST_FILE]: logBytes([{ kind: 'checkpoint', orders }, { kind: 'rotation' }]) })
    const result = await replayLog(disk)
    expect(result).toMatchObject({ count: 30_000, entries_replayed: 2, damageCount: 0 })
    expect(result.bytes_replayed).toBeGreaterThan(2 * WINDOW_BYTES)
    const pieces = [...orderBinaryJson(result)]
    expect(pieces.length).toBeGreaterThan(10)
    expect(Object.keys(JSON.parse(pieces.join('')).orders)).toEqual(Object.keys(result.orders))
    expect(result.orders['ORDER-29999']).toMatchObject({ status: 'PARTIALLY_FILLED', order_qty: 2 })
  })
})
