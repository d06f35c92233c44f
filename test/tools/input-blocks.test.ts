import { describe, expect, it } from 'vitest'
import { CsvRows } from '../../tools/input/csv-rows.ts'
import type { InputItem, InputParser } from '../../tools/input/input-item.ts'
import { JsonLines } from '../../tools/input/json-lines.ts'
import { lineBlocks } from '../../tools/input/line-blocks.ts'
import { sniffForm } from '../../tools/input/sniff-form.ts'

const CSV = 'a,b\r\n\n"x\ny",""""\nü,"1,2"\n,\n"",z'
const CSV_ITEMS = [
  { line: 1, value: ['a', 'b'] },
  { line: 3, value: ['x\ny', '"'] },
  { line: 5, value: ['ü', '1,2'] },
  { line: 6, value: ['', ''] },
  { line: 7, value: ['', 'z'] },
]

const JSON_TEXT = '\ufeff{"a":"ü"}\n\r\n[1]\n \n2'
const JSON_ITEMS = [
  { line: 1, value: { a: 'ü' } },
  { line: 3, value: [1] },
  { line: 5, value: 2 },
]

async function* chunked(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function itemsOf(text: string, size: number, parser: InputParser): Promise<InputItem[]> {
  const items: InputItem[] = []
  for await (const block of lineBlocks(chunked(text, size), 'test')) items.push(...parser.parse(block))
  return [...items, ...parser.end()]
}

describe('input, however it is cut into chunks,', () => {
  it.each([1, 2, 3, 4, 5, 7, 11, 1000])('of %i bytes', async (size) => {
    const settings = { columns: undefined, header: false, strings: false }
    expect(await itemsOf(CSV, size, new CsvRows(settings))).toEqual(CSV_ITEMS)
    expect(await itemsOf(JSON_TEXT, size, new JsonLines())).toEqual(JSON_ITEMS)
  })
})

describe('a line without an end', () => {
  it('is refused before it fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1 << 20, 0x78)
    }
    const read = async (): Promise<void> => {
      for await (const _ of lineBlocks(endless(), 'test')) expect.unreachable()
    }
    await expect(read()).rejects.toMatchObject({ code: 'ERR_RINGWAL_INPUT', line: 1 })
  })
})

describe('the form of an input', () => {
  it.each([
    ['{"a":1}', 'jsonl'],
    ['\n  [1]', 'jsonl'],
    ['{not json', 'jsonl'],
    ['5\n6', 'jsonl'],
    ['"text"\r\n', 'jsonl'],
    ['null', 'jsonl'],
    ['5,6', 'csv'],
    ['"a","b"', 'csv'],
    ['a;b', 'csv'],
    [' \n\t\n', undefined],
  ] as const)('of %j is %s', (text, form) => {
    expect(sniffForm(Buffer.from(text))).toBe(form)
  })
})
