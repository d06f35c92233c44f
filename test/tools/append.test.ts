import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readWal } from '../../src/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { jsonLines, ringwal, temporaryPaths } from './cli.ts'
import { dumpedValues, ringwalInside } from './inside.ts'

const path = temporaryPaths()

describe('ringwal append', () => {
  it('appends JSON Lines from stdin, in order, and says so in one line', async () => {
    const dir = path()
    const result = await ringwal(['append', dir], { input: '{"a":1}\n\n[2,"b"]\r\n"c"\nnull' })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(
      /^appended 4 records, LSN 1 to 4, \d+ B in \d+\.\d\d s \([\d,.]+ records\/s\), durable\n$/,
    )
    expect(await dumpedValues(dir)).toEqual([{ a: 1 }, [2, 'b'], 'c', null])
  })

  it('goes on behind the records that are there, and tells the LSNs as JSON', async () => {
    const dir = path()
    await ringwalInside(['append', dir], { input: '1\n2\n' })
    const { code, stdout } = await ringwalInside(['append', dir, '-', '--json', '--sync', 'always'], {
      input: '3\n4\n5\n',
    })
    const report = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(report).toMatchObject({ records: 3, firstLsn: 3, lastLsn: 5, durableLsn: 5 })
    const keys = ['records', 'firstLsn', 'lastLsn', 'bytes', 'seconds', 'recordsPerSecond', 'durableLsn']
    expect(Object.keys(report)).toEqual(keys)
    expect(report.bytes).toBeGreaterThanOrEqual(3 * 48)
  })

  it('keeps 5,000 CSV rows exactly, under every sync policy and from every source', async () => {
    const lines = csvLines(5000)
    const text = `${lines.join('\n')}\n`
    const plain = path('rows.csv')
    const packed = path('rows.csv.gz')
    writeFileSync(plain, text)
    writeFileSync(packed, gzipSync(text))
    const ways = [
      { args: [plain, '--sync', 'always'] },
      { args: [packed, '--sync', 'never'] },
      { args: [], input: text },
      { args: ['-', '--batch', '7'], input: gzipSync(text) },
    ]
    for (const { args, input } of ways) {
      const dir = path()
      const options = input === undefined ? {} : { input }
      const result = await ringwal(['append', dir, ...args, '--json'], options)
      expect(JSON.parse(result.stdout)).toMatchObject({ records: 5000, lastLsn: 5000, durableLsn: 5000 })
      const values = (await dumpedValues(dir)) as (string | number)[][]
      expect(values.map((fields) => fields.map(String).join(','))).toEqual(lines)
    }
  })

  it('makes a number of a field only where its text can be told from it', async () => {
    const dir = path()
    const fields = '5,-5,0.5,5.0,05,+5,1e3,-0,,NaN,Infinity,9007199254740991,9007199254740992,0x10, 5'
    await ringwalInside(['append', dir], { input: `${fields}\n` })
    const [values] = await dumpedValues(dir)
    expect(values).toEqual([
      ...[5, -5, 0.5, '5.0', '05', '+5', '1e3', '-0', '', 'NaN', 'Infinity'],
      ...[9007199254740991, '9007199254740992', '0x10', ' 5'],
    ])
    const strings = path()
    await ringwalInside(['append', strings, '--strings'], { input: `${fields}\n` })
    expect(await dumpedValues(strings)).toEqual([fields.split(',')])
  })

  it('makes maps of CSV rows by --columns and by --header', async () => {
    const named = path()
    await ringwalInside(['append', named, '--columns', 'id,text'], { input: '7,"a, ""b""\nc"\r\n8,\n' })
    expect(await dumpedValues(named)).toEqual([
      { id: 7, text: 'a, "b"\nc' },
      { id: 8, text: '' },
    ])
    const headed = path()
    await ringwalInside(['append', headed, '--header'], { input: '\ufeffid,text\n7,x\n' })
    expect(await dumpedValues(headed)).toEqual([{ id: 7, text: 'x' }])
  })

  it('gives records their type, and a key by the text of a field', async () => {
    const dir = path()
    const input = '{"id":"foobar"}\n{"id":7}\n{"id":"7"}\n{"other":1}\n'
    const { code, stderr } = await ringwalInside(['append', dir, '--type', '9', '--key-field', 'id'], { input })
    const { stdout } = await ringwalInside(['dump', dir, '--json'])
    const [first, second, third, last] = jsonLines<{ type: number; key: number }>(stdout)
    // 0xbf9cf968 is the published FNV-1a of "foobar".
    expect(first).toMatchObject({ type: 9, key: 0xbf9cf968 })
    expect(second!.key).toBe(third!.key)
    expect(last).toMatchObject({ type: 9, key: 0 })
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'ringwal: 1 record without the field id: key 0\n' })
  })

  it('makes atomic batches of the size asked for, the last as small as it comes', async () => {
    const dir = path()
    await ringwalInside(['append', dir, '--batch', '3', '--type', '5'], { input: '1\n2\n3\n4\n5\n' })
    const seen: unknown[] = []
    for await (const { value, type, continuesBatch } of readWal(dir)) seen.push([value, type, continuesBatch])
    expect(seen).toEqual([
      [1, 5, true],
      [2, 5, true],
      [3, 5, false],
      [4, 5, true],
      [5, 5, false],
    ])
  })

  it('makes segments of the size asked for', async () => {
    const dir = path()
    const input = Array.from({ length: 40 }, () => JSON.stringify('x'.repeat(4000))).join('\n')
    await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input })
    const { stdout } = await ringwalInside(['verify', dir, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, records: 40, segments: 3 })
  })

  it('appends nothing from nothing', async () => {
    const { code, stdout } = await ringwalInside(['append', path()], { input: ' \n\n' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'appended 0 records\n' })
  })
})

/** Rows like an exchange's, with numbers of every kind, decimals with and without zeros at the end, and text. */
function csvLines(count: number): string[] {
  const random = new SeededRandom(20121106)
  return Array.from({ length: count }, (_, i) => {
    const time = (34200 + random.uint32() / 200_000).toFixed(random.below(10))
    const price = random.below(10_000_000)
    return [time, random.below(8), 16_000_000 + i, price, random.below(2) === 0 ? -1 : 1, `t${i}é`].join(',')
  })
}
