import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { orderJsonlSummary, readOrderJsonl, replayOrderJsonl } from '../../src/foreign/order-jsonl/index.ts'
import { linesOf, replayOf, VERSION_4_CASES, withFile } from './order-jsonl-support.ts'

const VALID = readFileSync(`${VERSION_4_CASES}valid.wal`, 'latin1')
const [first = '', second = '', third = ''] = VALID.match(/.*\n/g)!

/** The line with another text in it, and the checksum that then is right. */
function changed(line: string, from: string | RegExp, to: string): string {
  const text = line
    .replace(from, to)
    .replace(/,"checksum":.*/, '}')
    .trimEnd()
  return `${text.slice(0, -1)},"checksum":"${crc32(text).toString(16).padStart(8, '0')}"}\n`
}

async function refusalOf(content: string): Promise<string> {
  const { refusal, orders, positions, isClean, ...counts } = await replayOf(Buffer.from(content, 'latin1'))
  expect(refusal).toBeDefined()
  expect([orders.size, positions.length, isClean]).toStrictEqual([0, 0, false])
  expect(counts).toMatchObject({ lines: 0, events: 0, parse_errors: 1, ledger_applied: 0 })
  expect(counts.warnings).toMatchObject([{ code: 'refused', line: refusal!.line, isDamage: true }])
  return `${refusal!.line}@${refusal!.offset}: ${refusal!.reason}`
}

describe('a file of version 4', () => {
  it.each([
    ['valid.wal', 'lines=3 events=3 ignored=0 parse_errors=0 state_rejected=0 ledger_applied=3'],
    ['legacy_then_v4.wal', 'lines=2 events=1 ignored=1 parse_errors=0 state_rejected=0 ledger_applied=1'],
  ])('is replayed if it is right: %s', async (file, counters) => {
    const result = await replayOrderJsonl(VERSION_4_CASES + file)
    expect(orderJsonlSummary(file, result)).toBe(`WAL replay completed path=${file} ${counters}`)
    expect(result).toMatchObject({ isClean: true, refusal: undefined, warnings: [] })
  })

  it.each([
    ['checksum_bad_line2.wal', 2, /^checksum mismatch: expected "2f1bd0e1", actual "[0-9a-f]{8}"$/],
    ['gap.wal', 2, /^sequence 2 where 1 is next: a gap$/],
    ['incomplete_tail.wal', 4, /incomplete tail$/],
  ])('is refused as a whole otherwise: %s', async (file, line, reason) => {
    const result = await replayOrderJsonl(VERSION_4_CASES + file)
    expect(result.refusal).toMatchObject({ line, reason: expect.stringMatching(reason) })
    expect(orderJsonlSummary(file, result)).toBe(
      `WAL replay completed path=${file} lines=0 events=0 ignored=0 parse_errors=1 state_rejected=0 ledger_applied=0`,
    )
  })

  it.each([
    ['a byte changed anywhere', first.replace('"a1"', '"a2"') + second, '1@0: checksum mismatch'],
    ['no checksum', first + second.replace(/,"checksum":.*/, '}'), '2@711: its checksum is missing'],
    ['a field behind the checksum', first + second.replace(/}$/m, ',"x":1}'), '2@711: its checksum is missing'],
    ['a checksum in capitals', first.replace(/"[0-9a-f]{8}"}/, (hex) => hex.toUpperCase()), '1@0: checksum mismatch'],
    ['a line cut and closed', `${first}${second.slice(0, 300)}\n`, '2@711: bad framing'],
    ['a blank line of spaces', `${first}  \n${second}`, '2@711: bad framing'],
    ['a line of another stream', first + changed(second, '0011', '9911'), '2@711: stream id "99112233'],
    ['an empty stream id', changed(first, /"stream_id":"\w+"/, '"stream_id":""'), '1@0: its stream id is missing'],
    [
      'another first sequence',
      first + changed(second, 'first_sequence":0', 'first_sequence":1'),
      '2@711: stream_first',
    ],
    ['a stream without its beginning', second + third, '1@0: the stream does not begin with its first sequence 0'],
    ['no sequence', first + changed(second, '"seq":1,', ''), '2@711: its sequence number is missing'],
    ['a quoted sequence', first + changed(second, '"seq":1', '"seq":"1"'), '2@711: its sequence number is missing'],
    ['a record twice', first + second + second, '3@1425: sequence 1 where 2 is next'],
    [
      'a record without version behind it',
      `${first}{"seq":1,"kind":"rollover"}\n`,
      '2@711: a record without version 4',
    ],
    [
      'a version 3 record behind it',
      first + second.replace('version":4', 'version":3'),
      '2@711: a record without version 4',
    ],
    ['a gap before it', `{"seq":5,"kind":"x"}\n{"seq":7,"kind":"x"}\n${first}`, '2@21: sequence 7 where 6 is next'],
    ['a torn line before it', `{"seq":5,"ki\n${first}`, '1@0: bad framing'],
    [
      'a version that can not be read',
      first + second.replace('version":4', 'version":"4"'),
      '2@711: its schema version',
    ],
    ['a version to come', `${first.replace('version":4', 'version":5')}`, '1@0: schema version 5 is not known'],
    ['a last line without line feed', first + second.trimEnd(), '2@711: the file ends inside the record'],
    ['a record of more than 4 MiB', changed(first, '"a1"', `"${'a'.repeat(4 << 20)}"`), '1@0: the record is longer'],
    ['nothing but a torn line', first.slice(0, 200), '1@0: the file ends inside the record'],
  ])('is refused for %s', async (_, content, reason) => {
    expect(await refusalOf(content)).toContain(reason)
  })

  it('may have empty lines and carriage returns', async () => {
    const content = `\n${first.replace('\n', '\r\n')}\r\n${second}`
    expect(await replayOf(Buffer.from(content, 'latin1'))).toMatchObject({
      refusal: undefined,
      events: 2,
      isClean: true,
    })
  })

  it('has control bytes as escapes', async () => {
    const content = changed(first, '"ord-1"', '"a\\u0001\\u007f\\u4e2d"')
    const [line] = await linesOf([Buffer.from(content, 'latin1')])
    expect(line).toMatchObject({ is: 'event', entry: { value: { client_order_id: 'a\u0001\u007f\\u4e2d' } } })
  })

  it('gives no line to a reader of the file unless all of it is right', async () => {
    const seen: unknown[] = []
    const reading = withFile(first + second.replace('a1', 'a2'), async (path) => {
      for await (const line of readOrderJsonl(path)) seen.push(line)
    })
    await expect(reading).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', line: 2, offset: 711 })
    expect(seen).toStrictEqual([])
  })

  it('of a stream that can be read but once, refuses when it gets there', async () => {
    await expect(linesOf([Buffer.from(first + third)])).rejects.toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', line: 2 })
    const future = Buffer.from(first.replace('version":4', 'version":5'))
    await expect(linesOf([future])).rejects.toMatchObject({ code: 'ERR_RINGWAL_FORMAT', line: 1 })
  })
})

describe('fields of later versions', () => {
  it('come along under their names', async () => {
    const [line] = await linesOf([Buffer.from(changed(first, '"side":0,"offset":0', '"side":1,"offset":3'))])
    expect(line).toMatchObject({
      entry: { value: { extra: { schema_version: 4, event_type: 'order_update', side: 1, offset: 3, broker_id: '' } } },
    })
  })
})
