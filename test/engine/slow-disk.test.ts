import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { SLOW_DISK } from './slow-disk.ts'
import { type Answer, TestEngine } from './test-engine.ts'

describe('an engine whose disk hangs', () => {
  it('refuses what it has no room for, answers everything else, and loses nothing', async () => {
    const stall = join(temporaryDirectory(), 'stall')
    const preload = new URL('./slow-disk.js', import.meta.url).href
    const env = { NODE_OPTIONS: `--import=${preload}`, [SLOW_DISK]: stall }
    const engine = await TestEngine.start(temporaryDirectory(), ['--sync', 'always', '--segment-bytes', '4M'], env)
    writeFileSync(stall, '')
    const value = 'x'.repeat(1_000_000)
    const waiting = engine.post('/audit', 'durable when the disk is back')
    const fill = (): Promise<Answer> => engine.post('/audit?ack=accepted', [value])
    let accepted = 0
    let answer = await fill()
    for (; answer.status === 202; answer = await fill()) accepted++
    expect(answer).toMatchObject({ status: 503, body: { results: [{ status: 503, code: 'ERR_RINGWAL_FULL' }] } })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(accepted).toBeGreaterThan(10)
    // Of a batch the rest is not tried, so that nothing overtakes what was refused.
    const batch = await engine.post('/audit?ack=accepted', ['small', value, 'small'])
    expect(batch).toMatchObject({
      status: 207,
      body: { results: [{ lsn: accepted + 2 }, { status: 503 }, { status: 503 }] },
    })
    const { status, body } = await engine.get('/health')
    expect({ status, ...body }).toMatchObject({ status: 200, lsn: { durable: 0 }, lag: { records: accepted + 2 } })
    expect(body.lag.ms).toBeGreaterThan(0)
    expect(body.ring.usedBytes).toBeGreaterThan(14e6)
    rmSync(stall)
    expect((await waiting).body).toEqual({ lsn: 1, durable: true })
    expect((await engine.post('/audit', 'there is room again')).body).toEqual({ lsn: accepted + 3, durable: true })
  })
})
