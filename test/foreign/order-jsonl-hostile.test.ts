import { describe, expect, it } from 'vitest'
import { linesOf } from './order-jsonl-support.ts'

const MAX = '9223372036854775807'

/** Required fields but for what a test is about. */
const O = '"kind":"order","client_order_id":"o"'
const T = '"ts_ns":7'
const S = '"status":2'
const F = '"filled_volume":3'

/** What a line is read as, in short. Each was compared with what the gateway's published reader makes of it. */
async function told(line: string): Promise<string> {
  const lines = await linesOf([Buffer.from(`${line}\n`, 'latin1')])
  if (lines.length === 0) return 'blank'
  const [first] = lines
  if (first!.is === 'error') return 'error'
  if (first!.is === 'ignored') return `ignored ${first!.kind}`
  const { client_order_id, status, total_volume, filled_volume, avg_fill_price, ts_ns } = first!.entry.value
  return `${client_order_id} ${status} ${filled_volume}/${total_volume ?? '-'} @${avg_fill_price} t${ts_ns}`
}

const with_ = (field: string): string => `{${O},${T},${S},${F},${field}}`
const status = (value: string): string => `{${O},${T},"status":${value},${F}}`
const time = (value: string): string => `{${O},"ts_ns":${value},${S},${F}}`
const id = (value: string): string => `{"kind":"order","client_order_id":${value},${T},${S},${F}}`

describe('a line is read field by field, as text', () => {
  it.each([
    ['a plain one', with_('"total_volume":9,"avg_fill_price":1.5'), 'o 2 3/9 @1.5 t7'],
    ['white space of any kind behind colons and commas', `{ ${O},\t${T},\v"status":\f 2 ,${F}\r}`, 'o 2 3/- @0 t7'],
    ['such a one with text in front', `x{${O}, ${T},\t"status":\v"2" ,"filled_volume": 3 }`, 'o 2 3/- @0 t7'],
    ['white space before a colon', `{${O},${T},"status" :2,${F}}`, 'error'],
    ['no braces', `${O},${T},${S},${F}`, 'o 2 3/- @0 t7'],
    ['text before and behind', `xx{${O},${T},${S},${F}}yy`, 'o 2 3/- @0 t7'],
    ['a byte order mark', `\xef\xbb\xbf{${O},${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['zero bytes between the fields', `{${O},\0${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['an array around', `[{${O},${T},${S},${F}}]`, 'o 2 3/- @0 t7'],
    ['a field in an inner object', `{${O},${T},"x":{"status":4},${S},${F}}`, 'o 4 3/- @0 t7'],
    ['a field twice', `{${O},${T},${S},"status":5,${F}}`, 'o 2 3/- @0 t7'],
    ['two records in one line', `{"seq":1,"kind":"trade"{${O},${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['a key in a text, with escaped quotes', `{"reason":"\\"status\\":5",${O},${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['a key that an escape begins', `{"a\\"status":5,${O},${T},${S},${F}}`, 'o 5 3/- @0 t7'],
    ['a key with another in front', `{"last_status":5,${O},${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['an array for a number', `{${O},${T},"status":[2],${F}}`, 'error'],
    ['no text for a kind', `{"kind":order,"client_order_id":o,${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['an escape in the kind', `{"kind":"or\\der","client_order_id":"o",${T},${S},${F}}`, 'o 2 3/- @0 t7'],
    ['another case', `{"kind":"Order","client_order_id":"o",${T},${S},${F}}`, 'ignored Order'],
    ['an empty kind', `{"kind":"",${T},${S},${F}}`, 'ignored '],
    ['a kind of null', '{"kind":null}', 'ignored null'],
    ['a kind cut short', '{"kind":"ord', 'error'],
    ['a kind of nothing', '{"kind":,"x":1}', 'error'],
    ['white space only', ' \t\v\f\r', 'blank'],
    ['a zero byte only', '\0', 'error'],
  ])('%s', async (_, line, wanted) => expect(await told(line)).toBe(wanted))
})

describe('a whole number is 64 bits of text, cut to 32', () => {
  it.each([
    ['+2', 'o 2 3/- @0 t7'],
    ['-0', 'o 0 3/- @0 t7'],
    ['000000000000000000000000000002', 'o 2 3/- @0 t7'],
    ['"2"', 'o 2 3/- @0 t7'],
    ['" 2"', 'o 2 3/- @0 t7'],
    ['"2 "', 'error'],
    ['"\\u0032"', 'error'],
    ['2.0', 'error'],
    ['2e0', 'error'],
    ['0x2', 'error'],
    ['2 0', 'error'],
    ['2\0', 'error'],
    ['--2', 'error'],
    ['+', 'error'],
    ['""', 'error'],
    ['', 'error'],
    ['true', 'error'],
    ['6', 'error'],
    ['-1', 'error'],
    ['4294967298', 'o 2 3/- @0 t7'],
    ['-4294967294', 'o 2 3/- @0 t7'],
    ['9223372036854775808', 'error'],
  ])('status %j', async (value, wanted) => expect(await told(status(value))).toBe(wanted))

  it.each([
    [MAX, `t${MAX}`],
    ['-9223372036854775808', 't-9223372036854775808'],
    ['-9223372036854775809', 'error'],
    ['9007199254740993', 't9007199254740993'],
    ['9'.repeat(400), 'error'],
    [`${'0'.repeat(400)}12`, 't12'],
  ])('time %j', async (value, wanted) => expect(await told(time(value))).toContain(wanted))

  it.each([
    ['2147483648', '/-2147483648 '],
    ['-1', '/-1 '],
    ['abc', '/- '],
    ['"4"', '/4 '],
    ['1.0', '/- '],
  ])('total volume %j', async (value, wanted) => {
    expect(await told(with_(`"total_volume":${value}`))).toContain(wanted)
  })
})

describe('a price is a C double, and 0 where it is none', () => {
  it.each([
    ['"4500"', 4500],
    ['.5', 0.5],
    ['5.', 5],
    ['+1e2', 100],
    ['-3', -3],
    ['0x1.8p3', 12],
    ['nan', Number.NaN],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['inf', Number.POSITIVE_INFINITY],
    ['1e400', 0],
    ['1e-320', 0],
    ['1e', 0],
    ['1,5', 1],
    ['1.2.3', 0],
    ['null', 0],
    ['"1 "', 0],
    ['1_0', 0],
    ['0.1000000000000000055511151231257827', 0.1],
  ])('%j', async (value, wanted) => {
    expect(await told(with_(`"avg_fill_price":${value}`))).toBe(`o 2 3/- @${wanted} t7`)
  })
})

describe('a text is taken without its escapes', () => {
  it.each([
    ['"a\\"b\\\\c\\n\\r\\t"', 'a"b\\c\n\r\t'],
    ['"\\u0041\\/\\b\\x"', 'u0041/bx'],
    ['"\x01\x7f"', '\x01\x7f'],
    ['"\xe4\xb8\xad"', '中'],
    ['"a\xff"', '97,255'],
    ['abc', 'abc'],
    ['null', 'null'],
    ['a b\\', 'a b\\'],
    ['a\\nb', 'a\nb'],
    ['[x', '[x'],
    ['""', ''],
    ['"__proto__"', '__proto__'],
  ])('%j', async (value, wanted) => expect(await told(id(value))).toBe(`${wanted} 2 3/- @0 t7`))

  it('which ends at its quote or not at all', async () => {
    expect(await told(`{${T},${S},${F},"kind":"order","client_order_id":"o\\"}`)).toBe('error')
    expect(await told(`{${T},${S},${F},"kind":"order","client_order_id":"o`)).toBe('error')
    expect(await told(`{${T},${S},${F},"kind":"order","client_order_id":"o"`)).toBe('o 2 3/- @0 t7')
    expect(await told(`{${O},${T},${S},${F},"reason":"sho`)).toBe('o 2 3/- @0 t7')
  })
})
