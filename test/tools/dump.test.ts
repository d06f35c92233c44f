import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { flipByte, jsonLines, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const SECOND = 1_000_000_000n
const BASE = 1_795_211_280n * SECOND

interface Line {
  readonly lsn: number
  readonly segment: string
  readonly offset: number
  readonly length: number
  readonly check: string
  readonly value: unknown
}

describe('ringwal dump', () => {
  const dir = path()

  beforeAll(async () => {
    const wal = await Wal.open({ dir })
    for (let i = 0; i < 10; i++) {
      wal.append({ n: i }, { type: i % 3, key: i * 100, time: BASE + BigInt(i) * SECOND + 123_456_789n })
    }
    await wal.close()
  })

  it('prints a record a line', async () => {
    const { code, stdout, stderr } = await ringwal(['dump', dir, '--limit', '2'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      '1 2026-11-20T21:48:00.123456789Z type=0 key=0 {"n":0}\n2 2026-11-20T21:48:01.123456789Z type=1 key=100 {"n":1}\n',
    )
  })

  it('prints where records stand with --headers', async () => {
    const { stdout } = await ringwalInside(['dump', dir, '--headers', '--to', '1'])
    const [entry] = await lines(dir)
    expect(stdout).toMatch(/^Record 1: segment=00000000000000000001\.rwal offset=4096 check=0x[0-9a-f]{16} length=4\n$/)
    expect(stdout).toContain(entry!.check)
  })

  it('prints all of it with --json', async () => {
    const [, second] = await lines(dir)
    expect(second).toEqual({
      ...{ lsn: 2, time: '2026-11-20T21:48:01.123456789Z', type: 1, key: 100 },
      ...{ segment: '00000000000000000001.rwal', offset: 4144, length: 4 },
      ...{ check: expect.stringMatching(/^0x[0-9a-f]{16}$/), value: { n: 1 } },
    })
    expect(Object.keys(second!)).toEqual([
      ...['lsn', 'time', 'type', 'key', 'segment', 'offset', 'length', 'check', 'value'],
    ])
  })

  it.each([
    [
      ['--from', '9'],
      [9, 10],
    ],
    [
      ['--from', '2', '--to', '3'],
      [2, 3],
    ],
    [
      ['--since', '2026-11-20T21:48:08.123456789Z'],
      [9, 10],
    ],
    [['--since', '2026-11-20T22:48:08.12345679+01:00'], [10]],
    [
      ['--until', `@${BASE + 2n * SECOND}`],
      [1, 2],
    ],
    [['--until', '2026-11-20 21:48:01.123456789'], [1]],
    [
      ['--type', '1,2', '--limit', '3'],
      [2, 3, 5],
    ],
    [['--limit', '0'], []],
    [['--from', '11'], []],
  ])('takes %j', async (args, lsns) => {
    expect((await lines(dir, args)).map(({ lsn }) => lsn)).toEqual(lsns)
  })

  it('takes a time ago', async () => {
    const fresh = path()
    const wal = await Wal.open({ dir: fresh })
    wal.append('old', { time: BigInt(Date.now() - 3_600_000) * 1_000_000n })
    wal.append('new', { time: BigInt(Date.now()) * 1_000_000n })
    await wal.close()
    expect((await lines(fresh, ['--since', '-10m'])).map(({ value }) => value)).toEqual(['new'])
  })

  it('takes a single segment', async () => {
    expect(await lines(join(dir, '00000000000000000001.rwal'))).toEqual(await lines(dir))
  })

  it('writes what JSON has no word for by its conventions', async () => {
    const special = path()
    const wal = await Wal.open({ dir: special, useBigInt64: true })
    const date = new Date('2026-11-20T21:48:00.123Z')
    wal.append({ big: 2n ** 63n, date, bytes: new Uint8Array([0, 255]), odd: [Number.NaN, -Infinity, -0] })
    wal.appendBytes(new Uint8Array([1, 2, 3]))
    await wal.close()
    const { stdout } = await ringwalInside(['dump', special])
    expect(stdout).toContain(
      '{"big":"9223372036854775808","date":"2026-11-20T21:48:00.123Z","bytes":{"$bytes":"AP8="},"odd":["NaN","-Infinity",-0]}\n',
    )
    expect(stdout).toContain(' {"$bytes":"AQID"}\n')
  })

  it('lets nothing through that controls a terminal', async () => {
    const hostile = path()
    const text = '\u001b[31m\u0000\u007f\u009b\u2028\u202e\u2066\u061c"\\\n'
    const wal = await Wal.open({ dir: hostile })
    wal.append({ [`k${text}`]: text })
    await wal.close()
    const { stdout } = await ringwalInside(['dump', hostile, '--json'])
    expect(stdout).not.toMatch(/[^\u0020-\u007e\n]/)
    expect(jsonLines<Line>(stdout)[0]!.value).toEqual({ [`k${text}`]: text })
  })

  it('goes on behind damage, tells of it on stderr, and exits with 1', async () => {
    const damaged = path()
    await ringwalInside(['append', damaged], { input: '10\n20\n30\n40\n' })
    const second = (await lines(damaged))[1]!
    flipByte(join(damaged, second.segment), second.offset + 40)
    const { code, stdout, stderr } = await ringwal(['dump', damaged, '--json'])
    expect(code).toBe(1)
    expect(jsonLines<Line>(stdout).map(({ lsn, value }) => [lsn, value])).toEqual([
      [1, 10],
      [3, 30],
      [4, 40],
    ])
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_DAMAGED: payload damage at \S+ offset \d+, \d+ bytes: LSN 2 lost\n$/)
  })

  it('shows the bytes of a payload that can not be decoded, and says so', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    wal.appendBytes(new Uint8Array([0xc1]), { codec: 'msgpack' })
    wal.append('fine')
    await wal.close()
    const { code, stdout, stderr } = await ringwalInside(['dump', dir, '--json'])
    expect(code).toBe(1)
    expect(jsonLines<Line>(stdout).map(({ value }) => value)).toEqual([{ $bytes: 'wQ==' }, 'fine'])
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_INPUT: [^\n]+ \(LSN 1\)\n$/)
  })
})

async function lines(path: string, args: readonly string[] = []): Promise<Line[]> {
  return jsonLines<Line>((await ringwalInside(['dump', path, '--json', ...args])).stdout)
}
