import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { verifyLog, Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { ringwal } from '../tools/cli.ts'
import { ringwalInside } from '../tools/inside.ts'
import { fill, order, TestEngine } from './test-engine.ts'

let dir: string
beforeEach(() => {
  dir = temporaryDirectory()
})

/** Waits for a record that is not durable yet, whose request is not answered. */
async function hasTaken(engine: TestEngine, lsn: number): Promise<void> {
  while ((await engine.get('/health')).body.lsn.last < lsn) await setTimeout(10)
}

describe('SIGTERM', () => {
  it('lets requests end, closes the log and exits with 0', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'interval', '--sync-ms', '2000'])
    const running = [engine.post('/orders', order('c-1')), engine.post('/orders', order('c-2'))]
    await hasTaken(engine, 2)
    const ended = engine.end()
    expect((await Promise.all(running)).map(({ status, body }) => ({ status, durable: body.durable }))).toEqual(
      Array(2).fill({ status: 200, durable: true }),
    )
    expect(await ended).toEqual({ code: 0, signal: null, stderr: '' })
    await expect(fetch(`${engine.url}/health`)).rejects.toThrow()
    await using wal = await Wal.open({ dir, recover: 'strict' })
    expect(wal.recovery).toMatchObject({ clean: true, lastLsn: 2 })
  })

  it('makes durable what was only accepted', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'never'])
    await engine.post('/orders?ack=accepted', [order('c-1'), order('c-2')])
    expect((await engine.end('SIGINT')).code).toBe(0)
    expect(await verifyLog(dir)).toMatchObject({ ok: true, records: 2, durableLsn: 2, tornTail: null })
  })

  it('does not wait for connections that have asked for nothing, or not to the end', async () => {
    const engine = await TestEngine.start(dir)
    const silent = ['', 'GET /health HTTP/1.1\r\nHost:'].map((begun) => engine.raw(begun))
    await engine.post('/orders', order('c-1'))
    const started = performance.now()
    expect(await engine.end()).toEqual({ code: 0, signal: null, stderr: '' })
    expect(performance.now() - started).toBeLessThan(3000)
    expect(await Promise.all(silent)).toEqual(['', ''])
  })

  it('given twice ends it at once', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'interval', '--sync-ms', '60000'])
    const running = engine.post('/orders', order('c-1')).catch(() => undefined)
    await hasTaken(engine, 1)
    engine.signal('SIGTERM')
    while (await engine.get('/nothing').catch(() => undefined)) await setTimeout(20)
    const started = performance.now()
    expect(await engine.end('SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(performance.now() - started).toBeLessThan(2000)
    await running
  })
})

describe('SIGKILL', () => {
  it('costs nothing that was answered durable, and the next life has the same state', async () => {
    const first = await TestEngine.start(dir, ['--sync', 'always'])
    const ids = Array.from({ length: 200 }, (_, i) => `c-${i}`)
    await first.post(
      '/orders',
      ids.map((id, i) => order(id, { account_id: `a-${i % 7}`, side: i % 3 === 0 ? 'sell' : 'buy' })),
    )
    await first.post(
      '/fills',
      ids.map((id, i) => fill(id, 1 + (i % 10), { account_id: `a-${i % 7}` })),
    )
    await first.post('/orders', order('c-1', { account_id: 'a-1', status: 'canceled', filled_volume: 2 }))
    const { body } = await first.get('/api/digest')
    expect(body).toEqual({ lsn: 401, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    await first.end('SIGKILL')
    const second = await TestEngine.start(dir, ['--workers', '2'])
    expect(second.ready).toMatchObject({ state: 'ready', lsn: 401 })
    expect((await second.get('/api/digest')).body).toEqual(body)
    // And it goes on from there.
    expect((await second.post('/orders', order('c-1', { account_id: 'a-1' }))).body).toMatchObject({
      reason: 'order_is_terminal',
    })
    await second.post('/orders', order('c-new'))
    expect((await second.get('/api/digest')).body.sha256).not.toBe(body.sha256)
  })
})

describe('what can not run', () => {
  it.each([
    [['--host', '0.0.0.0'], 'option --host: "0.0.0.0" is not allowed'],
    [['--host', '127.0.0.256'], 'option --host'],
    [['--port', '65536'], 'option --port'],
    [['--sync', 'sometimes'], 'option --sync'],
    [['--sync', 'always', '--sync-ms', '5'], '--sync-ms and --sync always can not be used together'],
    [['--segment-bytes', '65537'], 'segmentBytes'],
    [['--workers', '0'], 'option --workers'],
  ])('is refused: %j', async (args, message) => {
    const { code, stdout, stderr } = await ringwalInside(['engine', dir, ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: [^\n]+\n$/)
    expect(stderr).toContain(message)
  })

  it('is refused for a port or a log that somebody else has', async () => {
    const engine = await TestEngine.start(dir)
    const other = temporaryDirectory()
    const noPort = await ringwal(['engine', other, '--port', String(engine.port)])
    expect(noPort).toMatchObject({ code: 2, stderr: expect.stringContaining('ERR_RINGWAL_IO: can not listen on') })
    const noLog = await ringwal(['engine', dir])
    expect(noLog).toMatchObject({ code: 2, stderr: expect.stringContaining('ERR_RINGWAL_LOCKED') })
    expect((await engine.post('/orders', order('c-1'))).status).toBe(200)
  })
})
