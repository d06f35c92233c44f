/** The archive on the command line, beside a live log. */
import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'
import { flipByte, jsonLines, ringwal } from '../tools/cli.ts'
import { ringwalInside } from '../tools/inside.ts'

interface Archived {
  readonly home: string
  readonly log: string
  readonly archive: string
}

/** A log of 900 records, archived while it was written to, in three backups. */
async function archived(compress = false): Promise<Archived> {
  const home = temporaryDirectory()
  const [log, archive] = [join(home, 'wal'), join(home, 'archive')]
  const wal = await Wal.open({ dir: log, segmentBytes: 1 << 16, sync: { policy: 'always' } })
  for (const last of [300, 600, 900]) {
    while (wal.lastLsn < last) wal.append({ n: wal.lastLsn + 1, text: 'x'.repeat(200) })
    await wal.checkpoint(await wal.flush().then(() => wal.lastLsn), Buffer.from(`state at ${wal.lastLsn}`))
    if (last === 900) await wal.close()
    const { code, stderr } = await ringwalInside([
      'backup',
      log,
      '--archive',
      archive,
      ...(compress ? ['--compress'] : []),
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }
  return { home, log, archive }
}

async function lastOf(dir: string): Promise<unknown> {
  const { stdout } = await ringwalInside(['dump', dir, '--json'])
  return jsonLines(stdout).at(-1)
}

describe('ringwal backup', () => {
  it('beside a live log stores what is durable, and then what is new', async () => {
    const { log, archive } = await archived()
    const { stdout } = await ringwalInside(['backup', log, '--archive', archive])
    expect(stdout).toBe(`nothing is new; ${archive} holds the log up to LSN 900\n`)
    const files = readdirSync(archive).map((name) => statSync(join(archive, name)).mode & 0o777)
    expect(new Set(files)).toEqual(new Set([0o600]))
    expect(statSync(archive).mode & 0o777).toBe(0o700)
  })

  it('packed takes less, and says so', async () => {
    const { archive } = await archived(true)
    const { stdout } = await ringwalInside(['list-backups', '--archive', archive, '--json'])
    const { backups } = JSON.parse(stdout) as { backups: { bytes: number; storedBytes: number }[] }
    for (const { bytes, storedBytes } of backups) expect(storedBytes).toBeLessThan(bytes / 2)
  })

  it('tells of no log', async () => {
    const home = temporaryDirectory()
    expect(await ringwalInside(['backup', home, '--archive', join(home, 'a')])).toMatchObject({ code: 2 })
  })
})

describe('ringwal list-backups', () => {
  it('lists the newest first', async () => {
    const { archive } = await archived()
    const { stdout, code } = await ringwalInside(['list-backups', '--archive', archive, '--days', '1'])
    const lines = stdout.trim().split('\n')
    expect(code).toBe(0)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(
      /^\S+Z {2}0000000003-[0-9a-f]{16} {2}incremental {2}LSN \d+ to 900, \d+ objects, [\d.]+ kB$/,
    )
    expect(lines[2]).toMatch(/ {2}full {9}LSN 1 to \d+,/)
  })

  it('tells of no archive', async () => {
    const home = temporaryDirectory()
    const { code, stderr } = await ringwalInside(['list-backups', '--archive', join(home, 'none')])
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('ERR_RINGWAL_NOT_FOUND') })
  })
})

describe('ringwal verify-backup', () => {
  it('passes, a line for each backup and a summary', async () => {
    const { archive } = await archived()
    const { stdout, code } = await ringwal(['verify-backup', '--archive', archive])
    expect(code).toBe(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .every((line) => /^\S+: PASS: ./.test(line)),
    ).toBe(true)
    expect(stdout).toMatch(/\nsummary: PASS: 3 of 3 backups verify; read \d+ objects, [\d.]+ kB\n$/)
  })

  it('fails with the name of the object, and only for the backup that it belongs to', async () => {
    const { archive } = await archived()
    const object = readdirSync(archive).find(
      (name) => name.startsWith('0000000002-') && name.endsWith('-000001.increment'),
    )!
    flipByte(join(archive, object), 5000)
    const { stdout, code } = await ringwalInside(['verify-backup', '--archive', archive])
    expect(code).toBe(1)
    expect(stdout).toContain(`${object}: FAIL: its SHA-256 is not that of its manifest\n`)
    expect(stdout).toContain('summary: FAIL: 2 of 3 backups verify')
    const ids = [...stdout.matchAll(/^(\d{10}-[0-9a-f]{16}): /gm)].map(([, id]) => id!)
    expect(await ringwalInside(['verify-backup', '--archive', archive, '--backup-id', ids[0]!])).toMatchObject({
      code: 0,
    })
    const own = await ringwalInside(['verify-backup', '--archive', archive, '--backup-id', ids[1]!, '--json'])
    expect(JSON.parse(own.stdout)).toMatchObject({
      ok: false,
      backups: 1,
      backupsPassed: 0,
      checks: [{ check: object }, {}],
    })
    expect(await ringwalInside(['verify-backup', '--archive', archive, '--backup-id', 'x'])).toMatchObject({ code: 2 })
  })
})

describe('ringwal restore', () => {
  it('restores up to a record, puts it in place, and keeps what was there', async () => {
    const { log, archive } = await archived()
    const { stdout, code, stderr } = await ringwalInside([
      'restore',
      '--archive',
      archive,
      '--output',
      log,
      '--lsn',
      '450',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /restored LSN 1 to 450, of \S+Z, to \S+\/wal, verified; what was there is in \S+\/wal\.broken-\S+\n$/,
    )
    expect(await lastOf(log)).toMatchObject({ lsn: 450, value: { n: 450 } })
    expect(await ringwalInside(['verify', log])).toMatchObject({ code: 0 })
    const wal = await Wal.open({ dir: log })
    expect(await wal.appendDurable('on')).toBe(451)
    await wal.close()
    expect(readdirSync(log).filter((name) => name.endsWith('.rwck'))).toEqual(['00000000000000000300.rwck'])
    // It is another history now.
    const again = await ringwalInside(['backup', log, '--archive', archive])
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('ERR_RINGWAL_SEGMENTS') })
  })

  it('to a time, without the record of that time', async () => {
    const { home, archive, log } = await archived()
    const { stdout: dumped } = await ringwalInside(['dump', log, '--json', '--from', '700', '--limit', '1'])
    const { time } = jsonLines(dumped)[0] as { time: string }
    const output = join(home, 'out')
    const args = ['restore', '--archive', archive, '--output', output, '--timestamp', time, '--exclusive', '--json']
    const dry = JSON.parse((await ringwalInside([...args, '--dry-run'])).stdout)
    expect(dry).toMatchObject({ dryRun: true, reached: true })
    expect(readdirSync(home)).not.toContain('out')
    const { stdout } = await ringwalInside(args)
    const { lastLsn, lastTime } = JSON.parse(stdout) as { lastLsn: number; lastTime: string }
    expect(lastLsn).toBeLessThan(700)
    expect(dry).toMatchObject({ lastLsn, lastTime })
    expect(lastTime < time).toBe(true)
    expect(await lastOf(output)).toMatchObject({ lsn: lastLsn })
  })

  it('falls back to an older backup, tells of it, and exits with 1', async () => {
    const { home, archive } = await archived()
    const increments = readdirSync(archive).filter((name) => /^0000000003-.*\.increment/.test(name))
    // Its oldest increment: with it go all the records after the backup before.
    const object = increments.sort()[0]!
    flipByte(join(archive, object), 300)
    const { stdout, code } = await ringwalInside(['restore', '--archive', archive, '--output', join(home, 'out')])
    expect(code).toBe(1)
    expect(stdout).toContain(`passed over: ${object}: its SHA-256 is not that of its manifest\n`)
    expect(stdout).toContain('which can not be used: these records are lost\n')
    const { lsn } = (await lastOf(join(home, 'out'))) as { lsn: number }
    expect(lsn).toBeGreaterThan(500)
    expect(lsn).toBeLessThanOrEqual(600)
  })

  it('refuses a log that is open, two targets, and a link', async () => {
    const { home, log, archive } = await archived()
    const restore = (...args: string[]) => ringwalInside(['restore', '--archive', archive, ...args])
    const wal = await Wal.open({ dir: log })
    expect(await restore('--output', log)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERR_RINGWAL_LOCKED'),
    })
    await wal.close()
    const two = await restore('--output', log, '--lsn', '3', '--timestamp', '-1h')
    expect(two).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--timestamp and --lsn can not be used together'),
    })
    symlinkSync(log, join(home, 'link'))
    expect(await restore('--output', join(home, 'link'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ELOOP'),
    })
    writeFileSync(join(home, 'file'), '')
    expect(await restore('--output', join(home, 'file'))).toMatchObject({ code: 2 })
    expect(await restore('--output', join(archive, 'x'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OPTION'),
    })
    expect(await restore('--output', log, '--exclusive')).toMatchObject({ code: 2 })
    expect(readdirSync(home).sort()).toEqual(['archive', 'file', 'link', 'wal'])
  })
})
