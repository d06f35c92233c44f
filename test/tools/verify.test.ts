import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { flipByte, jsonLines, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const FIRST = '00000000000000000001.rwal'

const LOG = path()
await ringwalInside(['append', LOG], { input: '10\n20\n30\n40\n' })

/** A log that a test may harm. */
function smallLog(): string {
  const dir = path()
  cpSync(LOG, dir, { recursive: true })
  return dir
}

async function offsetOf(dir: string, lsn: number): Promise<number> {
  const { stdout } = await ringwalInside(['dump', dir, '--json', '--from', String(lsn), '--limit', '1'])
  return jsonLines<{ offset: number }>(stdout)[0]!.offset
}

describe('ringwal verify', () => {
  it('finds a whole log whole', async () => {
    const dir = smallLog()
    const json = await ringwal(['verify', dir, '--json'])
    expect(json).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(json.stdout)).toEqual({
      ...{ ok: true, segments: 1, records: 4, firstLsn: 1, lastLsn: 4, durableLsn: 4 },
      ...{ bytes: expect.any(Number), damage: [], damageOmitted: 0, tornTail: null },
    })
    const { code, stdout } = await ringwal(['verify', dir])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^records +4$/m)
    expect(stdout).toMatch(/^LSN +1 to 4$/m)
    expect(stdout.endsWith('\nOK\n')).toBe(true)
  })

  it('finds one flipped bit, and says what it costs', async () => {
    const dir = smallLog()
    const offset = await offsetOf(dir, 2)
    flipByte(join(dir, FIRST), offset + 40)
    const json = await ringwal(['verify', dir, '--json'])
    expect(json.code).toBe(1)
    const singleBit = { offset: offset + 40, bit: 4 }
    const damage = [
      { segment: FIRST, offset, bytes: 48, class: 'payload', lostFrom: 2, lostTo: 2, acknowledged: true, singleBit },
    ]
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, records: 3, damage, tornTail: null })
    const { code, stdout } = await ringwal(['verify', join(dir, FIRST)])
    expect(code).toBe(1)
    expect(stdout).toContain(
      `payload damage at ${FIRST} offset ${offset}, 48 bytes: LSN 2 lost; bit 4 at offset ${offset + 40} was flipped (acknowledged); check `,
    )
    expect(stdout.endsWith('\nDAMAGED: 1 place, 1 record lost\n')).toBe(true)
  })

  it('tells of a torn tail as information', async () => {
    const dir = smallLog()
    const file = join(dir, FIRST)
    // Cut inside the third record, in a copy of the log as a crash before the first sync mark leaves it.
    truncateSync(file, (await offsetOf(dir, 3)) + 20)
    const { code, stdout } = await ringwalInside(['verify', dir, '--json'])
    const report = JSON.parse(stdout)
    expect({ code, ok: report.ok, records: report.records }).toEqual({ code: 0, ok: true, records: 2 })
    expect(report.tornTail).toMatchObject({ segment: FIRST, fromLsn: 3 })
    const people = await ringwalInside(['verify', dir])
    expect(people.stdout).toContain(`torn tail at ${FIRST} offset `)
    expect(people.stdout.endsWith('\nOK\n')).toBe(true)
  })

  it('says that a writer has it open', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    try {
      await wal.appendDurable('x')
      const { code, stdout } = await ringwal(['verify', dir])
      expect(code).toBe(0)
      expect(stdout).toMatch(new RegExp(`^live +a writer has it open: pid ${process.pid} on `, 'm'))
    } finally {
      await wal.close()
    }
    expect((await ringwalInside(['verify', dir])).stdout).not.toContain('live')
  })

  it('changes no byte', async () => {
    const dir = smallLog()
    flipByte(join(dir, FIRST), (await offsetOf(dir, 2)) + 40)
    const before = readFileSync(join(dir, FIRST))
    await ringwalInside(['verify', dir])
    expect(readFileSync(join(dir, FIRST)).equals(before)).toBe(true)
  })

  it('never calls a place OK that holds no log', async () => {
    const empty = path()
    mkdirSync(empty)
    const stray = path('stray.rwal')
    writeFileSync(stray, 'not a segment')
    for (const place of [path('missing'), empty]) {
      const { code, stdout, stderr } = await ringwalInside(['verify', place, '--json'])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_NOT_FOUND: [^\n]+\n$/)
    }
    expect((await ringwalInside(['verify', stray])).code).toBe(1)
  })
})
