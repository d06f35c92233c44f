import { beforeEach, describe, expect, it } from 'vitest'
import { readWal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { fill, order, TestEngine } from './test-engine.ts'

let dir: string
beforeEach(() => {
  dir = temporaryDirectory()
})

async function logged(): Promise<{ readonly lsn: number; readonly type: number; readonly value: unknown }[]> {
  const entries = []
  for await (const { lsn, type, value } of readWal(dir)) entries.push({ lsn, type, value })
  return entries
}

describe('orders and fills', () => {
  it('are durable when they are answered, and in the state', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'always'])
    expect(await engine.post('/orders', order('c-1'))).toMatchObject({ status: 200, body: { lsn: 1, durable: true } })
    expect(await engine.post('/fills', fill('c-1', 4))).toMatchObject({ status: 200, body: { lsn: 2, durable: true } })
    await engine.end('SIGKILL')
    expect(await logged()).toEqual([
      {
        lsn: 1,
        type: 1,
        value: { ...order('c-1'), status: 0, filled_volume: 0, ts_ns: expect.stringMatching(/^\d{19}$/) },
      },
      { lsn: 2, type: 2, value: { ...fill('c-1', 4), ts_ns: expect.stringMatching(/^\d{19}$/) } },
    ])
    const again = await TestEngine.start(dir)
    expect((await again.get('/api/orders_state')).body).toMatchObject({
      lsn: 2,
      active: 1,
      truncated: false,
      orders: [{ client_order_id: 'c-1', status: 'partially_filled', filled_volume: '4', avg_fill_price: '3500.5' }],
    })
    expect((await again.get('/api/positions')).body).toMatchObject({
      lsn: 2,
      positions: [{ account_id: 'a-1', direction: 'long', volume: '4', cost: '14002' }],
    })
  })

  it('keep their digits, and their time to the nanosecond', async () => {
    const engine = await TestEngine.start(dir)
    const exact = {
      total_volume: '12345678901234567890.125',
      ts_ns: '1795277067144000123',
      seq: '18446744073709551615',
    }
    expect((await engine.post('/orders', order('c-1', exact))).status).toBe(200)
    expect((await engine.post('/orders', order('c-2', { total_volume: 0.1, ts_ns: 17 }))).status).toBe(200)
    const { body } = await engine.get('/api/orders_state')
    expect(body.orders).toMatchObject([
      { total_volume: '12345678901234567890.125', last_update_ts_ns: '1795277067144000123' },
      { total_volume: '0.1', last_update_ts_ns: '17' },
    ])
    await engine.end()
    expect((await logged()).map(({ value }) => value)).toMatchObject([exact, { total_volume: 0.1, ts_ns: 17 }])
  })

  it('may tell a status by its name', async () => {
    const engine = await TestEngine.start(dir)
    await engine.post('/orders', [
      order('c-1', { status: 'accepted' }),
      order('c-2', { status: 'rejected', reason: 'no' }),
    ])
    await engine.post('/orders', order('c-1', { status: 'canceled' }))
    expect((await engine.get('/api/orders_state')).body.orders_by_status).toMatchObject({ canceled: 1, rejected: 1 })
    expect((await engine.get('/api/orders_state?status=canceled')).body.orders).toMatchObject([
      { client_order_id: 'c-1' },
    ])
    expect((await engine.get('/api/orders_state?limit=1')).body).toMatchObject({ truncated: true, orders: [{}] })
    expect((await engine.get('/api/orders_state?limit=0')).body).toMatchObject({ active: 0, orders: [] })
  })

  it('that the order state machine refuses are not logged', async () => {
    const engine = await TestEngine.start(dir)
    await engine.post('/orders', order('c-1', { status: 'canceled' }))
    const answer = await engine.post('/fills', fill('c-1', 4))
    expect(answer).toMatchObject({ status: 409, body: { code: 'ERR_RINGWAL_INPUT', reason: 'order_is_terminal' } })
    expect((await engine.post('/fills', fill('', 4))).body).toMatchObject({ reason: 'empty_order_id' })
    await engine.end()
    expect(await logged()).toHaveLength(1)
    expect((await TestEngine.start(dir)).ready).toMatchObject({ state: 'ready', lsn: 1 })
  })

  it('are refused for a field that is wrong, which is named', async () => {
    const engine = await TestEngine.start(dir)
    for (const [path, value, field, shown] of [
      ['/orders', { ...order('c-1'), account_id: 5 }, 'account_id', '5'],
      ['/orders', order('c-1', { status: 6 }), 'status', '6'],
      ['/orders', order('c-1', { status: 'done' }), 'status', '"done"'],
      ['/orders', order('c-1', { status: 'filled' }), 'filled_volume', 'undefined'],
      ['/orders', order('c-1', { total_volume: -1 }), 'total_volume', '-1'],
      ['/orders', order('c-1', { ts_ns: 1.5 }), 'ts_ns', '1.5'],
      ['/orders', order('c-1', { side: 'both' }), 'side', '"both"'],
      ['/orders', 'c-1', 'event', '"c-1"'],
      ['/orders', null, 'event', 'null'],
      ['/fills', order('c-1'), 'status', 'undefined'],
      ['/fills', order('c-1', { status: 2 }), 'filled_volume', 'undefined'],
    ] as const) {
      const { status, body } = await engine.post(path, value)
      const refusal = { status: 400, code: 'ERR_RINGWAL_INPUT', field, value: shown, allowed: expect.any(String) }
      expect({ status, ...body }, JSON.stringify(value)).toMatchObject(refusal)
    }
    expect((await engine.get('/health')).body.lsn).toEqual({ last: 0, durable: 0 })
  })
})

describe('a batch', () => {
  it('has a result for each event, in order, and takes what can be taken', async () => {
    const engine = await TestEngine.start(dir)
    const all = await engine.post('/orders', [order('c-1'), order('c-2')])
    expect(all).toMatchObject({
      status: 200,
      body: {
        results: [
          { lsn: 1, durable: true },
          { lsn: 2, durable: true },
        ],
      },
    })
    const some = await engine.post('/fills', [fill('c-1', 4), fill('c-1', 3), { nothing: true }, fill('c-1', 10)])
    expect(some.status).toBe(207)
    expect(some.body.results).toMatchObject([
      { lsn: 3, durable: true },
      { status: 409, reason: 'filled_decreases' },
      { status: 400, field: 'account_id' },
      { lsn: 4, durable: true },
    ])
    const none = await engine.post('/fills', [fill('c-1', 3), fill('c-1', 2)])
    expect(none).toMatchObject({ status: 409, body: { results: [{ status: 409 }, { status: 409 }] } })
  })
})

describe('?ack=accepted', () => {
  it('answers before anything is durable', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'never'])
    const answer = await engine.post('/orders?ack=accepted', order('c-1'))
    expect(answer).toMatchObject({ status: 202, body: { lsn: 1, durable: false } })
    expect((await engine.get('/health')).body).toMatchObject({ lsn: { last: 1, durable: 0 }, lag: { records: 1 } })
    expect(await engine.post('/api/flush', {})).toMatchObject({ status: 200, body: { lsn: 1, durable: true } })
    expect((await engine.get('/health')).body).toMatchObject({
      lsn: { last: 1, durable: 1 },
      lag: { records: 0, ms: 0 },
    })
    expect((await engine.post('/orders?ack=perhaps', order('c-2'))).status).toBe(400)
  })

  it('can be left out under never too: the answer brings the sync with it', async () => {
    const engine = await TestEngine.start(dir, ['--sync', 'never'])
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => engine.post('/orders', order(`c-${i}`))))
    expect(answers.map(({ body }) => body.durable)).toEqual(Array(20).fill(true))
    expect((await engine.get('/health')).body.lsn).toEqual({ last: 20, durable: 20 })
  })
})

describe('POST /audit', () => {
  it('logs any JSON, which changes no order', async () => {
    const engine = await TestEngine.start(dir)
    const values = ['rollover', null, 5, { kind: 'note', deep: [[{}]] }]
    for (const [i, value] of values.entries()) expect((await engine.post('/audit', value)).body.lsn).toBe(i + 1)
    expect((await engine.post('/audit', [['a list'], true])).body.results).toHaveLength(2)
    const { body } = await engine.get('/api/digest')
    await engine.end()
    expect(await logged()).toEqual([...values, ['a list'], true].map((value, i) => ({ lsn: i + 1, type: 0, value })))
    const again = await TestEngine.start(dir)
    expect(again.ready['state']).toBe('ready')
    expect((await again.get('/api/digest')).body).toEqual(body)
  })
})
