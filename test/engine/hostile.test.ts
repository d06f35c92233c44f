import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { order, TestEngine } from './test-engine.ts'

const MIB = 2 ** 20
const JSON_TYPE = { 'content-type': 'application/json' }

const dir = mkdtempSync(join(tmpdir(), 'ringwal-hostile-'))
let engine: TestEngine
let logged = 0

beforeAll(async () => {
  engine = await TestEngine.launch(dir)
})

afterAll(async () => {
  // What is told on stderr would be a bug of the engine's own.
  expect(await engine.end()).toEqual({ code: 0, signal: null, stderr: '' })
  rmSync(dir, { recursive: true })
})

/** Whatever came before, it is still there, and has logged nothing of it. */
afterEach(async () => {
  expect(await engine.get('/health')).toMatchObject({ status: 200, body: { state: 'ready', lsn: { last: logged } } })
  expect((await engine.post('/orders', order(`c-${++logged}`))).body).toEqual({ lsn: logged, durable: true })
})

function head(path: string, ...lines: readonly string[]): string {
  return [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${engine.port}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n')
}

describe('a hostile request', () => {
  it('with a body that is too long is refused, told beforehand or not', async () => {
    const told = await engine.raw(head('/audit', `Content-Length: ${2 * MIB}`), new Uint8Array(4096))
    expect(told).toMatch(/^HTTP\/1.1 413 [\s\S]*ERR_RINGWAL_TOO_LARGE/)
    const chunk = 'a'.repeat(MIB / 4)
    const chunks = Array(6).fill(`40000\r\n${chunk}\r\n`).join('')
    const chunked = await engine.raw(head('/audit', 'Transfer-Encoding: chunked'), chunks)
    expect(chunked).toMatch(/^HTTP\/1.1 413 /)
  })

  it('with too many events is refused', async () => {
    const { status, body } = await engine.post('/audit', Array(1001).fill(1))
    expect({ status, ...body }).toMatchObject({ status: 413, code: 'ERR_RINGWAL_TOO_LARGE', limit: 1000 })
  })

  it.each([
    ['no JSON', '{"a":', 400],
    ['no JSON but JavaScript', 'NaN', 400],
    ['nothing', '', 400],
    ['an empty batch', '[]', 400],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 400],
    ['half a character', '"\\ud800"', 400],
    ['a number that a double does not hold', '{"n":9007199254740993}', 400],
    ['too deep a value', `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 400],
    ['a value of 101 levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 400],
    ['a member __proto__', '{"__proto__":{"polluted":true}}', 400],
    ['a value that grows past what a record holds', `{"a":[${'1.5,'.repeat(200_000)}1.5]}`, 413],
  ])('that holds %s is refused', async (_, body, status) => {
    const answer = await engine.request('/audit', { method: 'POST', headers: JSON_TYPE, body })
    expect(answer).toMatchObject({
      status,
      body: { code: expect.stringMatching(/^ERR_RINGWAL_(INPUT|VALUE|TOO_LARGE)$/) },
    })
  })

  it('can not reach the prototype of an event', async () => {
    const body = '{"__proto__":{"account_id":"a","instrument_id":"i","client_order_id":"c","total_volume":1}}'
    const answer = await engine.request('/orders', { method: 'POST', headers: JSON_TYPE, body })
    expect(answer).toMatchObject({ status: 400, body: { field: 'account_id', value: 'undefined' } })
  })

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/jsonp' }],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('of another type is refused: %j', async (headers) => {
    for (const path of ['/orders', '/api/flush']) {
      const answer = await engine.request(path, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: '{}',
      })
      expect(answer.status).toBe(415)
    }
  })

  it('for another host is refused, whatever it asks for', async () => {
    const hosts = [
      'evil.example',
      `evil.example:${engine.port}`,
      '127.0.0.1',
      `127.0.0.1:${engine.port + 1}`,
      `localhost.evil.example:${engine.port}`,
    ]
    for (const host of hosts) {
      const text = await engine.raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      expect(text, host).toMatch(/^HTTP\/1.1 421 /)
    }
    for (const host of [`localhost:${engine.port}`, `LOCALHOST:${engine.port}`, `127.0.0.1:${engine.port}`]) {
      const text = await engine.raw(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      expect(text, host).toMatch(/^HTTP\/1.1 200 /)
    }
    expect(await engine.raw('GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 4/)
  })

  it.each([
    ['GET', '/orders', 405],
    ['DELETE', '/api/orders_state', 405],
    ['POST', '/health', 405],
    ['GET', '/nothing', 404],
    ['GET', '/api/orders_state?status=open', 400],
    ['GET', '/api/orders_state?limit=10001', 400],
    ['GET', '/api/orders_state?limit=1&limit=2', 400],
    ['GET', '/api/orders_state?__proto__=1', 400],
  ])('%s %s is answered by %i', async (method, path, status) => {
    expect(await engine.request(path, { method })).toMatchObject({ status, body: { code: 'ERR_RINGWAL_INPUT' } })
  })

  it('that comes too slowly is cut off, and nothing of it is logged', async () => {
    const started = performance.now()
    const answer = await engine.raw(head('/orders', 'Content-Length: 1000'), '{"account_id":')
    expect(answer === '' || answer.startsWith('HTTP/1.1 4')).toBe(true)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('that is given up in the middle leaves nothing behind', async () => {
    const gone = new AbortController()
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"account_id":'))
        setTimeout(() => gone.abort(), 100)
      },
    })
    const init = { method: 'POST', headers: JSON_TYPE, body, signal: gone.signal, duplex: 'half' } as RequestInit
    await expect(engine.request('/orders', init)).rejects.toThrow()
  })
})
