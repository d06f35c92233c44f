/** validate, recover-positions, recover-state and reconcile-orders on logs, and on files that are not as they should be. */
import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { BALANCE_EVENT, keyOf, ORDER_EVENT, SERVICE_EVENT } from '../../src/trading/index.ts'
import { flipByte, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

function fileOf(text: string | Uint8Array): string {
  const file = path('input.json')
  writeFileSync(file, text)
  return file
}

async function run(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ringwalInside(args)
  return `${code}\n${stdout}${stderr}`.trimEnd()
}

const T0 = 1_795_211_280_000_000_000n

function event(kind: string, id: string, data: object, more: object = {}): object {
  return { event_type: kind, aggregate_id: id, event_data: data, ...more }
}

async function writeLog(records: readonly (readonly [type: number, value: object])[]): Promise<string> {
  const dir = path('log')
  const wal = await Wal.open({ dir, useBigInt64: true })
  for (const [index, [type, value]] of records.entries()) {
    const key = type === SERVICE_EVENT ? 0 : keyOf(value as Parameters<typeof keyOf>[0])
    wal.append(value, { type, key, time: T0 + BigInt(index) * 1_000_000_000n })
  }
  await wal.close()
  return dir
}

const OPENED = event('POSITION_OPENED', 'p1', { symbol: 'BTC/USDT', side: 'long', entry_price: 50_000, quantity: 0.1 })
const PLACED = event('ORDER_PLACED', 'o1', { client_order_id: 'c1', quantity: 1, price: 50_000 })

describe('on a log of service events', () => {
  let dir: string
  beforeAll(async () => {
    dir = await writeLog([
      [SERVICE_EVENT, PLACED],
      [SERVICE_EVENT, OPENED],
      [SERVICE_EVENT, event('BALANCE_UPDATED', 'b', { free_balance: 90, locked_balance: 5, total_balance: 95 })],
      [SERVICE_EVENT, event('POSITION_CLOSED', 'p1', { exit_price: 51_000, realized_pnl: 100 })],
    ])
  })

  it('positions are those of any time', async () => {
    expect(await run('recover-positions', dir)).toBe('0\nTotal positions: 1\nOpen positions: 0')
    expect(await run('recover-positions', dir, '--timestamp', '2026-11-20T21:48:02Z')).toBe(
      '0\nTotal positions: 1\nOpen positions: 1\np1: BTC/USDT long @ 50000',
    )
  })

  it('tables have the times of the records', async () => {
    const { stdout } = await ringwalInside(['recover-state', dir, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ events: 4, ignored: 0 },
      tables: {
        positions: [{ opened_at: '2026-11-20T21:48:01.000000000', closed_at: '2026-11-20T21:48:03.000000000' }],
        balances: [{ asset: 'USDT', total_balance: 95 }],
      },
    })
  })

  it('the state is checked, and is that of a time', async () => {
    expect(await run('validate', dir, '--timestamp', '2026-11-20T21:48:02.999999Z')).toBe(
      [
        ...['1', 'positions: PASS', 'orders: PASS', 'balances: WARN: Low USDT balance: 95.0', 'event_stream: PASS'],
        ...[
          'target: FAIL: Events exist after target timestamp: 2026-11-20 21:48:03',
          'INCONSISTENT: 1 error, 1 warning',
        ],
      ].join('\n'),
    )
    expect(await run('validate', dir, '--timestamp', '2026-11-20T21:48:03Z')).toMatch(
      /^0\n(.*\n)+OK: 0 errors, 1 warning$/,
    )
  })

  it('orders are held against those of an exchange', async () => {
    const exchange = fileOf('{"exchange_orders":[{"clientOrderId":"c1","status":"NEW"}]}')
    expect(await run('reconcile-orders', dir, '--exchange', exchange)).toMatch(/^0\nRECONCILED: 1 order here, 1 on/)
  })
})

describe('on a log of trading events', () => {
  const order = (fields: object): [number, object] => [
    ORDER_EVENT,
    {
      ...{ account_id: 'a', instrument_id: 'BTC', client_order_id: 'c1', side: 'buy', status: 2, total_volume: 5 },
      ...{ filled_volume: 2, avg_fill_price: '100.5', ts_ns: T0, ...fields },
    },
  ]

  it('it is the state of the trading reducer that is checked', async () => {
    const dir = await writeLog([
      order({}),
      order({ filled_volume: 1 }),
      [BALANCE_EVENT, { account_id: 'a', currency: 'USDT', set: '-0.5', ts_ns: T0 }],
    ])
    expect(await run('validate', dir)).toBe(
      [
        ...['1', 'positions: PASS', 'orders: PASS', 'balances: FAIL: Negative balance detected for a/USDT'],
        'event_stream: FAIL: state_rejected at LSN 2: filled_decreases',
        'INCONSISTENT: 2 errors, 0 warnings',
      ].join('\n'),
    )
  })

  it('an accepted order is a new one to an exchange', async () => {
    const dir = await writeLog([order({ status: 1, filled_volume: 0 }), order({ client_order_id: 'c2' })])
    const exchange = fileOf('[{"clientOrderId":"c1","status":"NEW"},{"clientOrderId":"c2","status":"NEW"}]')
    expect(await run('reconcile-orders', dir, '--exchange', exchange)).toMatch(
      /^1\nstatus mismatch: c2 is partially_filled here, NEW on the exchange\nNOT RECONCILED: /,
    )
  })

  it('two accounts may have orders of the same id', async () => {
    const dir = await writeLog([order({ status: 1, filled_volume: 0 }), order({ account_id: 'b' })])
    expect(await run('validate', dir)).toMatch(/^0\n/)
  })

  it('damage is an error, and so is what it lost', async () => {
    const dir = await writeLog([order({}), order({ filled_volume: 3 }), order({ filled_volume: 4 })])
    flipByte(`${dir}/00000000000000000001.rwal`, 4096 + 300)
    const text = await run('validate', dir)
    expect(text).toMatch(/\nevent_stream: FAIL: payload damage at 0+1\.rwal offset \d+/)
    expect(text).toMatch(/\nevent_stream: FAIL: Sequence gap: 1 -> 3\nINCONSISTENT: 2 errors, 0 warnings$/)
    expect(await run('recover-positions', dir)).toMatch(/^1\nTotal positions: 0\n.*\nringwal: payload damage at /)
  })
})

describe('values that no column takes', () => {
  const list = (...events: readonly object[]): string => fileOf(JSON.stringify(events))

  it('are told, and nothing of their event counts', async () => {
    const file = list(
      OPENED,
      event('POSITION_UPDATED', 'p1', { quantity: { deep: 1 } }),
      event('ORDER_PLACED', 'o', []),
    )
    expect(await run('recover-state', file, '--json')).toMatch(
      /"quantity":0\.1.*\nringwal: event 2: quantity: an object is not allowed; .*\nringwal: event 3: event_data: an array is not/,
    )
    expect(await run('validate', file)).toMatch(/^1\n(.*\n)*event_stream: FAIL: event 2: quantity: /)
  })

  it('are told of rows', async () => {
    expect(await run('validate', fileOf('{"orders":[{"quantity":[]}]}'))).toBe(
      '2\nringwal: ERR_RINGWAL_INPUT: row 1 of orders: quantity: an array is not allowed; allowed: a text, a number or null',
    )
  })

  it('ended the service where they are no numbers, and are errors here', async () => {
    const tables = {
      positions: [{ position_id: 'p', status: 'open', quantity: 'many', entry_price: 1, side: 'buy' }],
      orders: [{ order_id: 'o', status: 'new', filled_quantity: 1, position_id: 'p' }],
      balances: [{ asset: null, free_balance: 1, locked_balance: null, total_balance: '1' }],
    }
    const { stdout } = await ringwalInside(['validate', fileOf(JSON.stringify(tables)), '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      errors: [
        'Position p has a quantity that is no number: many',
        'Order o has a quantity that is no number: None',
        'Balance of None has a locked_balance that is no number: None',
      ],
    })
  })

  it('may be integers past what a double holds', async () => {
    const events =
      '[{"event_type":"POSITION_OPENED","aggregate_id":"p","event_data":{"n":9007199254740993,"__proto__":{"a":1}}}]'
    expect(await run('recover-positions', fileOf(events), '--json')).toBe(
      '0\n{"total_positions":1,"open_positions":1,"positions":{"p":{"id":"p","status":"open","n":9007199254740993,"__proto__":{"a":1}}},"recovery_timestamp":"current"}',
    )
    const stream =
      '{"positions":[],"events":[{"sequence_number":18014398509481990},{"sequence_number":18014398509481991},{"sequence_number":18014398509481993}]}'
    expect(await run('validate', fileOf(stream))).toContain('Sequence gap: 18014398509481991 -> 18014398509481993')
  })
})

describe('at their bounds', () => {
  it('an order may be filled to its total, and no further', async () => {
    const order = (id: number, filled: number): object => {
      return { order_id: `o${id}`, status: 'partially_filled', quantity: 0.3, filled_quantity: filled }
    }
    const file = fileOf(JSON.stringify({ orders: [order(1, 0.3), order(2, 0.1 + 0.2)] }))
    expect(await run('validate', file)).toContain(
      'positions: PASS\norders: FAIL: Order o2 filled quantity exceeds total quantity\nbal',
    )
  })

  it.each([
    [5, 'Sequence gap: 9 -> 11'],
    [6, '... and 1 more sequence gaps'],
  ])('of %i gaps the first five are told', async (gaps, last) => {
    const events = Array.from({ length: gaps + 1 }, (_, i) => ({ sequence_number: 2 * i + 1 }))
    const text = await run('validate', fileOf(JSON.stringify({ orders: [], events })))
    expect(text.match(/Sequence gap/g)).toHaveLength(5)
    expect(text).toContain(`event_stream: FAIL: ${last}\nINCONSISTENT`)
  })

  it('what is put in anew is the last row of its table', async () => {
    const opened = ['p1', 'p2', 'p1'].map((id) => ({ ...OPENED, aggregate_id: id }))
    const { stdout } = await ringwalInside(['recover-state', fileOf(JSON.stringify(opened)), '--json'])
    const { positions } = JSON.parse(stdout).tables as { positions: { position_id: string }[] }
    expect(positions.map(({ position_id: id }) => id)).toEqual(['p2', 'p1'])
  })
})

describe('files that are not as they should be', () => {
  const bad = (text: string | Uint8Array): Promise<string> => run('validate', fileOf(text))

  it.each([
    ['nothing at all', '', 'it is not JSON: '],
    ['no JSON', 'x', 'it is not JSON: '],
    ['a number', '5', 'the file: it is no object'],
    ['other members', '{"a":1}', 'there are neither events nor tables'],
    ['tables that are none', '{"tables":[]}', 'tables: it is no object'],
    ['rows that are none', '{"orders":{}}', 'orders: it is no list'],
    ['a row that is none', '{"orders":[1]}', 'row 1 of orders: it is no object'],
    ['events that are none', '{"events":"same"}', 'events: it is no list'],
    ['a sequence number that is none', '[{"sequence_number":"x"}]', 'event 1: sequence_number: it is no number'],
    ['NaN', '{"balances":[{"free_balance":NaN}]}', 'it is not JSON: '],
    ['a number past all', '{"balances":[{"free_balance":1e400}]}', 'it is not JSON: a number is larger'],
    ['other bytes', Buffer.from([0x5b, 0xff, 0x5d]), 'it is not UTF-8'],
    ['a database', 'SQLite format 3\0…', 'it is a database of SQLite'],
    ['a line of several that is none', '{"event_type":"a"}\n{', 'line 2, not counting blank ones, is not JSON'],
    ['depth', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'it is more than 100 deep'],
  ])('%s', async (_, text, reason) => {
    const answer = await bad(text)
    expect(answer).toMatch(/^2\nringwal: ERR_RINGWAL_INPUT: [^\n]+$/)
    expect(answer).toContain(reason)
  })

  it('are named if they are not there', async () => {
    expect(await run('validate', '/no/such')).toBe('2\nringwal: ERR_RINGWAL_NOT_FOUND: there is nothing at /no/such')
    expect(await run('recover-positions', fileOf('{"orders":[]}'))).toContain('there are no events')
    expect(await run('reconcile-orders', fileOf('[]'))).toContain('ERR_RINGWAL_OPTION: --exchange is missing')
  })

  it.each([
    '[{"status":"NEW"}]',
    '[{"clientOrderId":[],"status":"NEW"}]',
    '[{"clientOrderId":"a"}]',
    '[5]',
    '{"orders":[]}',
  ])('the orders %s are no exchange', async (orders) => {
    const answer = await run('reconcile-orders', fileOf('[]'), '--exchange', fileOf(orders))
    expect(answer).toMatch(/^2\nringwal: ERR_RINGWAL_INPUT: [^\n]+$/)
  })

  it('may have a byte order mark, other line ends, or a value a line', async () => {
    const lines = [OPENED, PLACED].map((one) => JSON.stringify(one))
    for (const text of [`\ufeff[\r\n${lines.join(',\r\n')}]\r\n`, `${lines.join('\r\n')}\r\n\r\n`])
      expect(await run('recover-state', fileOf(text))).toMatch(/^0\n2 events applied, 0 of other kinds\n/)
    expect(await run('recover-state', fileOf(lines[0]!))).toMatch(/^0\n1 event applied, 0 of other kinds\n/)
  })

  it('never reach a terminal with control characters', async () => {
    const tables = JSON.stringify({ positions: [{ position_id: '\u001b[2Jp\u009b', status: 'open', side: '\u202e' }] })
    for (const form of [[], ['--json']]) {
      const { stdout } = await ringwalInside(['validate', fileOf(tables), ...form])
      expect(stdout).not.toMatch(/[^\P{C}\n]/u)
      expect(stdout).toContain('Position \\u001b[2Jp\\u009b has invalid side: \\u202e')
    }
  })
})

describe('times', () => {
  const at = (time: string | null, id: string): object => ({ ...OPENED, aggregate_id: id, created_at: time })
  const file = fileOf(
    JSON.stringify([
      at('2025-01-15T10:00:00Z', 'zulu'),
      at('2025-01-15T12:00:00+02:00', 'east'),
      at('2025-01-15 10:00:00.000001', 'late'),
      at(null, 'never'),
      at('soon', 'text'),
    ]),
  )

  it('are compared as times, and as texts with --compat', async () => {
    const idsOf = async (...more: string[]): Promise<string[]> => {
      const args = ['recover-positions', file, '--json', '--timestamp', '2025-01-15T10:00:00', ...more]
      return Object.keys(JSON.parse((await ringwalInside(args)).stdout).positions)
    }
    expect(await idsOf()).toEqual(['zulu', 'east'])
    expect(await idsOf('--compat')).toEqual(['late'])
  })
})
