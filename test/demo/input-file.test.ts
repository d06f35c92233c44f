import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { readEvents } from '../../tools/demo/input-file.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

const CSV = '34200.004241176,1,16113575,18,5853300,1\n34200.5,3,16113575,18,5853300,1\n'
const ORDER = { time: 34_200.004241176, type: 1, id: 16_113_575, size: 18, price: 5_853_300, side: 1 }

describe('an input file', () => {
  let dir: string
  beforeEach(() => {
    dir = temporaryDirectory()
  })

  function file(content: string | Uint8Array): string {
    const path = join(dir, 'input')
    writeFileSync(path, content)
    return path
  }

  function firstTwo(content: string | Uint8Array): unknown[] {
    const events = readEvents(file(content)).events()
    return [events.next().value, events.next().value]
  }

  it('may be the CSV of an exchange, plain or packed, with any line end', () => {
    const expected = [ORDER, { ...ORDER, time: 34_200.5, type: 3 }]
    expect(firstTwo(CSV)).toEqual(expected)
    expect(firstTwo(gzipSync(CSV))).toEqual(expected)
    expect(firstTwo(CSV.replaceAll('\n', '\r\n').trimEnd())).toEqual(expected)
  })

  it('may be JSON Lines, of orders or of anything else', () => {
    const text = `${JSON.stringify(ORDER)}\n\n{"note":"a \\u2028 b","deep":[1,{}]}\n`
    expect(firstTwo(text)).toEqual([ORDER, { note: 'a \u2028 b', deep: [1, {}] }])
    expect(firstTwo(gzipSync(text))).toEqual([ORDER, { note: 'a \u2028 b', deep: [1, {}] }])
  })

  it.each([
    ['a row too short', `${CSV}34200,1,2,3,4\n`, 'line 3'],
    ['a field that is no number', `${CSV}34200,1,2,3,0x4,1\n`, 'line 3'],
    ['an unknown type', '34200,6,2,3,4,1\n', 'line 1'],
    ['broken JSON', '{"a":1}\n{"a":\n', 'line 2'],
    ['JSON that is no object', '{"a":1}\n[1]\n', 'line 2'],
    ['nothing', '\n\n', 'no event'],
    ['a cut gzip file', gzipSync(CSV).subarray(0, 30), 'unpacked'],
  ])('is refused for %s, with the place', (_, content, where) => {
    const refusal = expect.objectContaining({ code: 'ERR_RINGWAL_INPUT', message: expect.stringContaining(where) })
    expect(() => readEvents(file(content))).toThrowError(refusal)
  })
})
