/** `ringwal positions`: how far consumers have come, told and moved from outside. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

async function log(): Promise<string> {
  const dir = path()
  await ringwalInside(['append', dir], { input: '1\n2\n3\n' })
  return dir
}

describe('ringwal positions', () => {
  it('lists, sets and drops them', async () => {
    const dir = await log()
    expect(await ringwalInside(['positions', dir])).toMatchObject({
      code: 0,
      stdout: 'no positions: nobody is waited for\n',
    })
    const set = await ringwalInside(['positions', dir, '--set', 'replica=2'])
    expect(set).toMatchObject({ code: 0, stdout: expect.stringMatching(/^replica {2}LSN 2, set 20\d\d-\S+Z\n$/) })
    await ringwalInside(['positions', dir, '--set', 'b=0'])
    const { stdout } = await ringwalInside(['positions', dir, '--json'])
    expect(JSON.parse(stdout)).toEqual({
      dir,
      positions: [
        { name: 'b', lsn: 0, set: expect.any(String), unusable: null },
        { name: 'replica', lsn: 2, set: expect.any(String), unusable: null },
      ],
    })
    const dropped = await ringwalInside(['positions', dir, '--drop', 'b', '--json'])
    expect(JSON.parse(dropped.stdout)).toMatchObject({ dropped: true, positions: [{ name: 'replica' }] })
    expect(await ringwalInside(['positions', dir, '--drop', 'b'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^there is no position b\nreplica /),
    })
  })

  it('works beside a live writer, whose retention then lets go', async () => {
    const dir = path()
    await using wal = await Wal.open({
      dir,
      segmentBytes: 65536,
      retention: { maxSegments: 2, everyMs: 10 },
      onWarning() {},
    })
    await wal.appendDurable('x')
    await wal.setPosition('replica', 0)
    for (let i = 0; i < 200; i++) await wal.appendDurable('x'.repeat(2000))
    expect(wal.stats().retiredSegments).toBe(0)
    expect((await ringwalInside(['positions', dir, '--set', 'replica=201'])).code).toBe(0)
    const deadline = performance.now() + 10_000
    while (wal.stats().retiredSegments < 3 && performance.now() < deadline)
      await new Promise((done) => setTimeout(done, 10))
    expect(wal.stats().retiredSegments).toBeGreaterThanOrEqual(3)
    expect(await ringwalInside(['positions', dir, '--set', 'late=1'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^ringwal: ERR_RINGWAL_RETIRED: LSN 2 to \d+ are retired already, or about to be/),
    })
  })

  it('tells of one that can not be used, with its control characters escaped', async () => {
    const dir = await log()
    writeFileSync(join(dir, 'bad.position'), '\u001b[31m')
    expect(await ringwalInside(['positions', dir])).toMatchObject({
      code: 1,
      stdout: 'bad  can not be used, and nothing is retired: its file does not verify\n',
    })
  })

  it.each([
    ['--set', 'a'],
    ['--set', 'a=-1'],
    ['--set', 'A=1'],
    ['--set', '=1'],
    ['--drop', '../x'],
  ])('refuses %s %s', async (...args) => {
    const { code, stderr } = await ringwalInside(['positions', await log(), ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: [^\n]+\n$/)
  })
})
