/** Payloads of order events in all the ways in which MessagePack can write them, usual and not. */
import type { SeededRandom } from '../support/seeded-random.ts'

type Bytes = readonly number[]

const KNOWN = [
  'account_id',
  'instrument_id',
  'client_order_id',
  'status',
  'filled_volume',
  'ts_ns',
  'total_volume',
  'avg_fill_price',
  'side',
  'exchange_order_id',
  'reason',
  'trade_id',
  'trace_id',
  'event_source',
  'seq',
  'exchange_ts_ns',
  'recv_ts_ns',
]
const REQUIRED_KEYS = 6
const OTHERS = ['strategy', 'x', '', 'ünknown', 'statu', 'account_id2', '__proto__', 'constructor', 'k'.repeat(40)]

/** The keys of an event in an order of their own: mostly those that it needs, and some more. */
export function someKeys(random: SeededRandom): string[] {
  const keys = KNOWN.filter((_, index) => (index < REQUIRED_KEYS ? random.chance(0.99) : random.chance(0.6)))
  for (const other of OTHERS) if (random.chance(0.06)) keys.push(other)
  if (random.chance(0.15)) keys.push(random.pick(KNOWN))
  if (random.chance(0.7)) keys.sort(() => random.between(-1, 1))
  return keys
}

/** @param oddness how often a value is of a kind, or written in a way, that events do not usually have */
export function payloadOf(keys: readonly string[], random: SeededRandom, oddness: number): Uint8Array {
  const header =
    keys.length < 16 && !random.chance(oddness) ? [0x80 | keys.length] : [0xde, keys.length >> 8, keys.length & 0xff]
  const members = keys.flatMap((key) => {
    const name = text(key, random.chance(oddness / 4) ? 1 : 0)
    return [...name, ...(random.chance(oddness) ? oddValue(key, random) : usualValue(key, random))]
  })
  return Uint8Array.from([...header, ...members])
}

function usualValue(key: string, random: SeededRandom): Bytes {
  switch (key) {
    case 'status':
      return [random.below(6)]
    case 'side':
      return random.chance(0.1) ? NIL : text(random.pick(['buy', 'sell']))
    case 'filled_volume':
    case 'total_volume':
    case 'avg_fill_price':
      return quantity(random)
    case 'ts_ns':
    case 'seq':
    case 'exchange_ts_ns':
    case 'recv_ts_ns':
      return whole(random)
    case 'client_order_id':
    case 'exchange_order_id':
      return text(`${random.pick(['o', 'ord-', 'b2f0a6de-5c3f-4c6a-9f3e-'])}${random.below(50)}`)
    default:
      return text(
        random.pick(['', 'a', 'ab', 'abc', 'acct-1', 'acct-2', 'SHFE.ag2406', 'ünï', '\ufeffx', 'n'.repeat(33)]),
      )
  }
}

const NIL: Bytes = [0xc0]

function quantity(random: SeededRandom): Bytes {
  const kind = random.below(5)
  if (kind === 0) return [random.below(128)]
  if (kind === 1) return u(random.pick([1, 2, 4]), random)
  if (kind === 2) return float(random.pick([4505.25, 0.1, 1e-8, 0, -0, 12345678.75, 1 / 3]))
  if (kind === 3) return text(random.pick(['4505.5', '0', '0.10', '12', '1e-8', '33.33333333', '9'.repeat(30)]))
  return [0xcf, 0, 0, 0, random.below(4), ...random.bytes(4)]
}

function whole(random: SeededRandom): Bytes {
  const kind = random.below(6)
  if (kind === 0) return [0xcf, 0x17, ...random.bytes(7)]
  if (kind === 1) return [0xd3, random.pick([0x17, 0x00, 0xff]), ...random.bytes(7)]
  if (kind === 2) return [0xcf, 0, 0x0f, ...random.bytes(6)]
  if (kind === 3) return u(random.pick([1, 2, 4]), random)
  if (kind === 4) return float(random.pick([2 ** 40, 1700000000123, 5, 2 ** 53 - 1, -(2 ** 40) - 1, -0]))
  return text(random.pick(['1700000000123456789', '17', '0', '000123456789012345', '123456789012345678']))
}

function oddValue(key: string, random: SeededRandom): Bytes {
  if (random.chance(0.2)) return NIL
  if (key.endsWith('_ns') && random.chance(0.5)) return [0xcf, random.pick([0x7f, 0x80, 0xff]), ...random.bytes(7)]
  const odd: readonly (() => Bytes)[] = [
    () => NIL,
    () => [random.pick([0xc1, 0xc2, 0xc3])],
    () => [random.below(256)],
    () => [0xca, ...random.bytes(4)],
    () => [0xcb, ...random.bytes(8)],
    () => float(random.pick([Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 53, 2 ** 60, 1.5, 3, 1e-30])),
    () => [random.pick([0xd0, 0xcc]), ...random.bytes(1)],
    () => [random.pick([0xd1, 0xcd]), ...random.bytes(2)],
    () => [random.pick([0xd2, 0xce]), ...random.bytes(4)],
    () => [random.pick([0xd3, 0xcf]), random.pick([0, 0x1f, 0x20, 0x7f, 0x80, 0xff]), ...random.bytes(7)],
    () => [0xd3, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xff, random.below(256)],
    () => text(random.pick(['buy', 'sell', 'short', '-5', '1.', 'x', '٣', ' 1', '9'.repeat(20), 't'.repeat(5000)])),
    () => text('abc', random.between(1, 3)),
    () => [0xa2, 0xc3, 0x28],
    () => [0xd9, 3, 0xff, 0xfe, 0x41],
    () => [0xd9, 200, 0x41],
    () => [0xc4, 2, 1, 2],
    () => [0x92, 1, 0xa1, 0x61],
    () => [0x81, 0xa1, 0x61, 1],
    () => [0x80],
    () => [0xd6, 0xff, 0, 0, 0, 1],
    () => [0xd4, 5, 0],
  ]
  return random.pick(odd)()
}

/** @param longer steps by which its header is longer than it has to be */
function text(value: string, longer = 0): Bytes {
  const codes = [...Buffer.from(value)]
  const { length } = codes
  const least = length < 32 ? 0 : length < 256 ? 1 : 2
  const header = [
    [0xa0 | length],
    [0xd9, length],
    [0xda, length >> 8, length & 0xff],
    [0xdb, 0, length >> 16, (length >> 8) & 0xff, length & 0xff],
  ][Math.min(3, least + longer)]!
  return [...header, ...codes]
}

function u(width: number, random: SeededRandom): Bytes {
  return [0xcc + Math.log2(width), random.below(256), ...random.bytes(width - 1)]
}

function float(value: number): Bytes {
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleBE(value)
  return [0xcb, ...buffer]
}
