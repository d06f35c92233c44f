import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { keyOf, ORDER_EVENT, type OrderEvent } from '../../src/trading/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { flipByte } from '../tools/cli.ts'
import { fill, order, TestEngine } from './test-engine.ts'

const TOKEN = { RINGWAL_ADMIN_TOKEN: 'open sesame' }
const SHOWN = { authorization: 'Bearer open sesame' }

let dir: string
beforeEach(() => {
  dir = temporaryDirectory()
})

function segments(): string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.rwal'))
    .map((name) => join(dir, name))
}

describe('GET /health', () => {
  it('tells a monitor that the engine is ready, and how far its log is', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'interval', '--sync-ms', '5'])
    await engine.post('/orders', order('c-1'))
    const { status, body } = await engine.get('/health')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      state: 'ready',
      reasons: [],
      lsn: { last: 1, durable: 1 },
      lag: { records: 0, ms: 0 },
      sync: { policy: 'interval', count: expect.any(Number) },
      ring: { bytes: 16 * 2 ** 20 },
      disk: { freeBytes: expect.any(Number), spareError: null },
      replay: { records: 0, damage: 0, parseErrors: 0, stateRejected: 0 },
    })
    expect(Date.now() - Date.parse(body.sync.last)).toBeLessThan(10_000)
    expect(body.disk.freeBytes).toBeGreaterThan(0)
  })

  it('tells that the log is poisoned, and why, and that nothing is taken then', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'always'])
    await engine.post('/orders', order('c-1'))
    for (const path of segments()) rmSync(path)
    await setTimeout(1200)
    const refused = await engine.post('/orders', order('c-2'))
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'ERR_RINGWAL_POISONED', cause: 'ERR_RINGWAL_TAMPERED' },
    })
    const { status, body } = await engine.get('/health')
    expect({ status, ...body }).toMatchObject({
      status: 503,
      state: 'poisoned',
      reasons: [{ code: 'ERR_RINGWAL_POISONED' }],
    })
    expect((await engine.post('/orders?ack=accepted', [order('c-3')])).status).toBe(503)
    const { code, stderr } = await engine.end()
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('ERR_RINGWAL_POISONED') })
  })
})

describe('the switch to read only', () => {
  it('needs the token', async () => {
    const engine = await TestEngine.start(dir, [], TOKEN)
    for (const headers of [
      {},
      { authorization: 'Bearer open' },
      { authorization: 'open sesame' },
      { authorization: 'Bearer ' },
    ]) {
      const {
        status,
        body,
        headers: answer,
      } = await engine.post('/api/admin/readonly', {}, headers as Record<string, string>)
      expect({ status, ...body }).toMatchObject({ status: 401, code: 'ERR_RINGWAL_INPUT' })
      expect(answer.get('www-authenticate')).toBe('Bearer')
    }
    expect((await engine.get('/health')).body.state).toBe('ready')
  })

  it.each([{}, { RINGWAL_ADMIN_TOKEN: '' }])('is refused to all where no token is set: %j', async (env) => {
    const engine = await TestEngine.start(dir, [], { RINGWAL_ADMIN_TOKEN: undefined, ...env })
    for (const headers of [{}, { authorization: 'Bearer ' }, { authorization: 'Bearer undefined' }]) {
      expect((await engine.post('/api/admin/readonly', {}, headers as Record<string, string>)).status).toBe(403)
    }
  })

  it('keeps everything out until the switch back', async () => {
    const engine = await TestEngine.start(dir, [], TOKEN)
    await engine.post('/orders', order('c-1'))
    expect(await engine.post('/api/admin/readonly', {}, SHOWN)).toMatchObject({
      status: 200,
      body: { state: 'read-only' },
    })
    for (const path of ['/orders', '/fills', '/audit']) {
      expect(await engine.post(path, fill('c-1', 4))).toMatchObject({
        status: 503,
        body: { code: 'ERR_RINGWAL_READ_ONLY' },
      })
    }
    expect(await engine.get('/health')).toMatchObject({ status: 503, body: { state: 'read-only', lsn: { last: 1 } } })
    expect((await engine.get('/api/orders_state')).body.orders).toHaveLength(1)
    expect(await engine.post('/api/admin/readwrite', {}, SHOWN)).toMatchObject({
      status: 200,
      body: { state: 'ready' },
    })
    expect((await engine.post('/fills', fill('c-1', 4))).body).toEqual({ lsn: 2, durable: true })
  })
})

describe('an engine over a log that is not clean', () => {
  async function log(events: readonly unknown[], key?: number): Promise<void> {
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    for (const event of events) wal.append(event, { type: ORDER_EVENT, key: key ?? keyOf(event as OrderEvent) })
    await wal.close()
  }

  const orders = ['c-1', 'c-2', 'c-3'].map((id) => order(id, { status: 1, filled_volume: 0, ts_ns: '1' }))

  it('observes damage until an operator goes on over it', async () => {
    await log(orders)
    flipByte(segments()[0]!, 4096 + 60)
    const before = readFileSync(segments()[0]!)
    const engine = await TestEngine.start(dir, [], TOKEN)
    expect(engine.ready).toMatchObject({ state: 'observing', lsn: 3 })
    const { status, body } = await engine.get('/health')
    expect({ status, ...body }).toMatchObject({ status: 503, state: 'observing', replay: { damage: 1, records: 2 } })
    expect(body.reasons[0]).toMatchObject({ code: 'ERR_RINGWAL_DAMAGED', message: expect.stringContaining('LSN 1') })
    expect((await engine.get('/api/orders_state')).body.orders).toMatchObject([
      { client_order_id: 'c-2' },
      { client_order_id: 'c-3' },
    ])
    expect(await engine.post('/orders', order('c-4'))).toMatchObject({
      status: 503,
      body: { code: 'ERR_RINGWAL_OBSERVING' },
    })
    const refused = await engine.post('/api/admin/readwrite', undefined, SHOWN)
    expect(refused).toMatchObject({ status: 409, body: { code: 'ERR_RINGWAL_DAMAGED', lostFrom: 1 } })
    expect((await engine.get('/health')).body.state).toBe('observing')
    expect(readFileSync(segments()[0]!)).toEqual(before)
    const wrong = await engine.post('/api/admin/readwrite', { recover: 'somehow' }, SHOWN)
    expect(wrong).toMatchObject({ status: 400, body: { code: 'ERR_RINGWAL_OPTION', option: 'recover' } })
    const opened = await engine.post('/api/admin/readwrite', { recover: 'skip-damaged' }, SHOWN)
    expect(opened).toMatchObject({ status: 200, body: { state: 'ready' } })
    expect((await engine.post('/orders', order('c-4'))).body).toEqual({ lsn: 4, durable: true })
    expect((await engine.get('/health')).body).toMatchObject({ state: 'ready', reasons: [], replay: { damage: 1 } })
  })

  it.each([
    ['a record that is no event', [...orders, { ...orders[0], status: 9 }], undefined, '1 record held no event'],
    ['an event that the machine refuses', [{ ...orders[0], status: 4 }, orders[0]], undefined, 'machine refused 1'],
    ['events under another routing key', orders, 7, 'another routing key'],
  ])('observes %s until an operator says otherwise', async (_, events, key, why) => {
    await log(events, key)
    const engine = await TestEngine.start(dir, [], TOKEN)
    const { body } = await engine.get('/health')
    expect(body).toMatchObject({ state: 'observing', reasons: [{ message: expect.stringContaining(why) }] })
    expect((await engine.post('/api/admin/readwrite', {}, SHOWN)).body).toEqual({ state: 'ready' })
    expect((await engine.post('/orders', order('c-9'))).status).toBe(200)
  })

  it('observes a log whose repair was left to a person', async () => {
    await log(orders)
    const bytes = readFileSync(segments()[0]!)
    writeFileSync(segments()[0]!, bytes.fill(0, 0, 4096))
    const engine = await TestEngine.start(dir, [], TOKEN)
    expect((await engine.get('/health')).body.reasons[0].message).toContain('ringwal repair')
    expect((await engine.post('/api/admin/readwrite', { recover: 'skip-damaged' }, SHOWN)).status).toBe(409)
    expect((await engine.end()).code).toBe(0)
    expect(readFileSync(segments()[0]!)).toEqual(bytes)
  })
})
