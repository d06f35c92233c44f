import { existsSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { ringwal, temporaryPaths } from './cli.ts'
import { dumpedValues, ringwalInside } from './inside.ts'

const path = temporaryPaths()

describe('ringwal append, of input at fault', () => {
  it('stops at a line that is no JSON, names file and line, and has made durable what came before', async () => {
    const dir = path()
    const file = path('in.jsonl')
    writeFileSync(file, '{"n":1}\n\n{"n":2}\n{"n":\n{"n":4}\n')
    const { code, stdout, stderr } = await ringwal(['append', dir, file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_INPUT: .*in\.jsonl line 4: it is not JSON: [^\n]*\n$/)
    expect(stderr).toContain('(2 records appended, LSN 1 to 2, durable to 2)')
    expect(await dumpedValues(dir)).toEqual([{ n: 1 }, { n: 2 }])
  })

  it.each([
    ['an integer past 2^53', '{"id":9007199254740993}'],
    ['one that happens to be exact', '[9007199254740992]'],
    ['one behind a string with quotes', '["\\\\\\"12",-12345678901234567890]'],
    ['a number past a double', '1e400'],
    ['digits that an exponent hides', '12345678901234567e1'],
  ])('refuses %s, which JSON.parse would change', async (_, line) => {
    const { code, stderr } = await ringwalInside(['append', path()], { input: `1\n${line}\n` })
    expect(code).toBe(2)
    expect(stderr).toMatch(/ERR_RINGWAL_INPUT: stdin line 2: \S+ can not be kept exactly/)
  })

  it('takes digits in strings, fractions and large round numbers with an exponent', async () => {
    const dir = path()
    const input = '["9007199254740993",0.1234567890123456789,9007199254740991,1e20]\n'
    expect((await ringwalInside(['append', dir], { input })).code).toBe(0)
    expect(await dumpedValues(dir)).toEqual([['9007199254740993', 0.12345678901234568, 9007199254740991, 1e20]])
  })

  it.each([
    ['JSON that is not UTF-8', [], Buffer.from('"ok"\n"\xff"\n', 'latin1'), 2, 'it is not UTF-8'],
    ['CSV that is not UTF-8', [], Buffer.from('a,b\n\xff,c\n', 'latin1'), 2, 'it is not UTF-8'],
    ['a row that lacks a column', ['--columns', 'a,b'], '1,2\n3\n', 2, 'it has 1 fields for 2 columns'],
    ['a quote inside a field', [], 'a,b\nc"d,e\n', 2, 'a quote stands inside a field'],
    ['text behind a quoted field', [], 'a,b\n"c"d,e\n', 2, 'a quoted field goes on'],
    ['a value that can not be stored', [], `1\n{"__proto__":1}\n`, 2, 'the key __proto__'],
    ['a value that is too large', [], `1\n"${'x'.repeat(1_100_000)}"\n`, 2, 'the record takes'],
    ['a header that names a column twice', ['--header'], 'a,a\n1,2\n', 1, 'the header names a column twice'],
    ['a quoted field that never ends', [], 'a,b\n"c,d\ne,f\n', 2, 'a quoted field is not closed'],
  ])('refuses %s', async (_, args, input, line, fault) => {
    const { code, stderr } = await ringwalInside(['append', path(), ...args], { input })
    expect(code).toBe(2)
    expect(stderr).toContain(`ERR_RINGWAL_INPUT: stdin line ${line}: `)
    expect(stderr).toContain(fault)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('passes over bad lines with --skip-bad, reports and counts them, and exits with 1', async () => {
    const dir = path()
    const input = Buffer.concat([
      Buffer.from('1,a\n2\n"3",c\n4,"\n"\n5"5,x\n'),
      Buffer.from([0x36, 0x2c, 0xff, 0x0a]),
      Buffer.from('7,y'),
    ])
    const { code, stdout, stderr } = await ringwal(['append', dir, '--columns', 'n,t', '--skip-bad', '--json'], {
      input,
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ records: 4, skipped: 3 })
    expect(stderr.match(/line \d+/g)).toEqual(['line 2', 'line 6', 'line 7'])
    expect(await dumpedValues(dir)).toEqual([
      { n: 1, t: 'a' },
      { n: 3, t: 'c' },
      { n: 4, t: '\n' },
      { n: 7, t: 'y' },
    ])
  })

  it('does not go on behind a quote that never closes, even with --skip-bad', async () => {
    const { code, stderr } = await ringwalInside(['append', path(), '--skip-bad'], { input: 'a,b\n"c,d\ne,f\n' })
    expect(code).toBe(2)
    expect(stderr).toContain('line 2: a quoted field is not closed')
  })

  it('appends the batch that was being gathered before it stops', async () => {
    const dir = path()
    const { code } = await ringwalInside(['append', dir, '--batch', '4'], { input: '1\n2\n3\n4\n5\n6\nx{\n' })
    expect(code).toBe(2)
    expect(await dumpedValues(dir)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('stops at gzip that is cut short, damaged or followed by something else', async () => {
    const packed = gzipSync('1\n2\n')
    const flipped = Buffer.from(packed)
    flipped[packed.length - 6]! ^= 1
    for (const input of [packed.subarray(0, -4), flipped, Buffer.concat([packed, Buffer.from('more')])]) {
      const { code, stderr } = await ringwalInside(['append', path()], { input })
      expect(code).toBe(2)
      expect(stderr).toContain('ERR_RINGWAL_INPUT: stdin: gzip: ')
    }
    const twice = await ringwalInside(['append', path(), '--json'], {
      input: Buffer.concat([packed, packed, Buffer.alloc(512)]),
    })
    expect(JSON.parse(twice.stdout)).toMatchObject({ records: 4 })
  })

  it('makes no log where the input can not be opened', async () => {
    const dir = path()
    for (const file of [path('missing.csv'), '/']) {
      const { code, stderr } = await ringwalInside(['append', dir, file])
      expect(code).toBe(2)
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_IO: [^\n]+\n$/)
    }
    expect(existsSync(dir)).toBe(false)
  })

  it('is refused while another writer has the log open', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    try {
      const { code, stderr } = await ringwal(['append', dir], { input: '1\n' })
      expect(code).toBe(2)
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_LOCKED: [^\n]+\n$/)
    } finally {
      await wal.close()
    }
  })
})
