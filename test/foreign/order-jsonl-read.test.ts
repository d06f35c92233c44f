import { appendFileSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type OrderJsonlLine, readOrderJsonl, replayOrderJsonl } from '../../src/foreign/order-jsonl/index.ts'
import { routingKeyOf } from '../../src/foreign/routing-key.ts'
import { lineOf, linesOf, replayOf, streamOf, withFile } from './order-jsonl-support.ts'

const LINE = lineOf({})

async function all(lines: AsyncIterable<OrderJsonlLine>): Promise<OrderJsonlLine[]> {
  const taken: OrderJsonlLine[] = []
  for await (const line of lines) taken.push(line)
  return taken
}

describe('lines of a log', () => {
  it('say what they are and where they stand', async () => {
    const trade = lineOf({ kind: 'trade', client_order_id: 'ö', ts_ns: 1770797556123456789n, seq: 2n ** 63n })
    const content = `${LINE}\n\r\n{"kind":"rollover"}\n{}\n${trade}`
    const lines = await linesOf([Buffer.from(content)])
    expect(lines.map(({ is, line, offset }) => [is, line, offset])).toStrictEqual([
      ['event', 1, 0],
      ['ignored', 4, LINE.length + 3],
      ['error', 5, LINE.length + 23],
      ['event', 6, LINE.length + 26],
    ])
    expect(lines[3]).toMatchObject({
      entry: { lsn: 4, time: 1770797556123456789n, type: 2, key: routingKeyOf(Buffer.from('ö')) },
    })
    expect(lines[3]).toMatchObject({ entry: { value: { seq: 2n ** 63n, ts_ns: 1770797556123456789n } } })
    expect(lines[1]).toMatchObject({ kind: 'rollover' })
    expect(lines[2]).toMatchObject({ reason: 'kind is missing or can not be read' })
  })

  it('have defaults where a field is missing, and no total volume where none is told', async () => {
    const legacy = '{"seq":1,"kind":"order","ts_ns":10,"client_order_id":"o","status":1,"filled_volume":4}\n'
    const [line] = await linesOf([Buffer.from(legacy)])
    expect(line?.is === 'event' && line.entry.value).toStrictEqual({
      kind: 'order',
      seq: 1n,
      exchange_ts_ns: 10n,
      recv_ts_ns: 10n,
      ts_ns: 10n,
      account_id: '',
      client_order_id: 'o',
      exchange_order_id: '',
      instrument_id: '',
      trade_id: '',
      event_source: '',
      status: 1,
      filled_volume: 4,
      avg_fill_price: 0,
      reason: '',
      trace_id: '',
    })
  })

  it('come from a file as from a stream', async () => {
    const content = LINE.repeat(3000) + LINE.slice(0, 100)
    const fromFile = await withFile(content, (path) => all(readOrderJsonl(path)))
    expect(fromFile).toStrictEqual(await linesOf([Buffer.from(content)]))
    expect(fromFile).toHaveLength(3001)
  })

  it('longer than the limit are counted and passed over', async () => {
    const content = `${LINE}{"kind":"order"${' '.repeat(10_000)}}\n${LINE}`
    const lines = await linesOf([...chunks(Buffer.from(content), 700)], { maxLineBytes: 1000 })
    expect(lines.map(({ is }) => is)).toStrictEqual(['event', 'error', 'event'])
    expect(lines[1]).toMatchObject({ line: 2, warnings: [{ code: 'too-long', isDamage: true }] })
    const result = await replayOf(content, { maxLineBytes: 1000 })
    expect(result).toMatchObject({ lines: 3, events: 2, parse_errors: 1, isClean: false })
  })

  it('of many megabytes are read within the limit', async () => {
    const id = 'x'.repeat(20 << 20)
    const { orders, isClean } = await replayOf(lineOf({ client_order_id: id }))
    expect([[...orders.keys()][0] === id, isClean]).toStrictEqual([true, true])
  })

  it('that are endless take no memory', async () => {
    const piece = Buffer.alloc(1 << 20, 'x')
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let pieces = 0; pieces < 200; pieces++) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        yield piece
      }
    }
    const lines: OrderJsonlLine[] = []
    for await (const line of readOrderJsonl(endless(), { maxLineBytes: 4 << 20 })) lines.push(line)
    expect(lines).toMatchObject([{ is: 'error', reason: expect.stringContaining('209715200 bytes') }])
    expect(most).toBeLessThan(64 << 20)
  })

  it('end when the signal says so', async () => {
    const abort = new AbortController()
    let taken = 0
    for await (const _ of readOrderJsonl(streamOf([Buffer.from(LINE.repeat(10))]), { signal: abort.signal })) {
      if (++taken === 3) abort.abort()
    }
    expect(taken).toBe(3)
  })
})

describe('a replay', () => {
  it('of nothing is clean', async () => {
    expect(await replayOf('')).toMatchObject({ lines: 0, events: 0, active: 0, isClean: true, warningsTotal: 0 })
  })

  it('tells how far it is, also of a file that grows meanwhile', async () => {
    await withFile(LINE.repeat(2000), async (path) => {
      const told: number[][] = []
      const onProgress = (done: number, total: number): void => {
        if (told.length === 0) appendFileSync(path, LINE)
        told.push([done, total])
      }
      const { lines } = await replayOrderJsonl(path, { onProgress })
      const bytes = LINE.length * 2000
      expect(lines).toBe(2001)
      expect(told[0]).toStrictEqual([1 << 18, bytes])
      expect(told.at(-1)).toStrictEqual([bytes + LINE.length, bytes + LINE.length])
    })
  })

  it('ends with an error when the signal says so', async () => {
    const abort = new AbortController()
    const replay = withFile(LINE.repeat(5000), (path) =>
      replayOrderJsonl(path, { signal: abort.signal, onProgress: () => abort.abort('enough') }),
    )
    await expect(replay).rejects.toMatchObject({ code: 'ERR_RINGWAL_ABORTED', cause: 'enough' })
  })

  it('needs a file', async () => {
    await withFile('', async (path) => {
      await expect(replayOrderJsonl(`${path}x`)).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
      await expect(all(readOrderJsonl(`${path}x`))).rejects.toMatchObject({ code: 'ERR_RINGWAL_NOT_FOUND' })
      mkdirSync(`${path}.d`)
      await expect(replayOrderJsonl(`${path}.d`)).rejects.toMatchObject({ code: 'ERR_RINGWAL_IO', errnoName: 'EISDIR' })
    })
  })

  it.each([
    [{ maxLineBytes: 0 }, 'maxLineBytes'],
    [{ maxLineBytes: 256 << 20 }, 'maxLineBytes'],
    [{ maxReports: 1.5 }, 'maxReports'],
    [{ strict: 'yes' }, 'strict'],
    [{ legacyTotals: 1 }, 'legacyTotals'],
    [{ onProgress: true }, 'onProgress'],
    [{ signal: {} }, 'signal'],
    [{ worker: 1 }, 'worker'],
  ])('refuses the options %j', async (options, option) => {
    await expect(replayOrderJsonl('x', options as object)).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION', option })
  })

  it('refuses a path that is none, and a stream of anything but bytes', async () => {
    await expect(replayOrderJsonl('a\0b')).rejects.toMatchObject({ code: 'ERR_RINGWAL_OPTION' })
    await expect(linesOf(['text' as never])).rejects.toMatchObject({ code: 'ERR_RINGWAL_INPUT' })
    expect(() => readOrderJsonl('x', { strict: true } as object)).toThrow(/option strict/)
    expect(() => readOrderJsonl('')).toThrow(/option path/)
  })
})

function* chunks(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}
