import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Wal } from '../../src/index.ts'
import { flipByte, jsonLines, ringwal, temporaryPaths } from './cli.ts'
import { dumpedValues, ringwalInside } from './inside.ts'

const path = temporaryPaths()
const FIRST = '00000000000000000001.rwal'

const DAMAGED = path()
await ringwalInside(['append', DAMAGED], { input: Array.from({ length: 40 }, (_, i) => `${i + 1}\n`).join('') })
const place = await ringwalInside(['dump', DAMAGED, '--json', '--from', '20', '--limit', '1'])
flipByte(join(DAMAGED, FIRST), jsonLines<{ offset: number }>(place.stdout)[0]!.offset + 40)

/** A log of the values 1 to 40, of which 20 is damaged. */
function damagedLog(): string {
  const dir = path()
  cpSync(DAMAGED, dir, { recursive: true })
  return dir
}

const LEFT = Array.from({ length: 40 }, (_, i) => i + 1).filter((value) => value !== 20)

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

describe('ringwal repair', () => {
  it('writes a clean log to a new directory, and tells what is lost', async () => {
    const dir = damagedLog()
    const output = path('repaired')
    const before = digestOf(join(dir, FIRST))
    const { code, stdout, stderr } = await ringwal(['repair', dir, '--output', output])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^records +39$/m)
    expect(stdout).toMatch(/^lost +LSN 20, acknowledged: payload at 0{19}1\.rwal offset \d+$/m)
    expect(stdout.endsWith('\n1 record lost (2.50 %).\n')).toBe(true)
    expect(digestOf(join(dir, FIRST))).toBe(before)
    expect((await ringwalInside(['verify', output])).code).toBe(0)
    expect(await dumpedValues(output)).toEqual(LEFT)
    expect(readdirSync(output).sort()).toEqual([FIRST, 'repair-report.json', 'repair-report.md'])
  })

  it('leaves files and directory to their owner alone, whatever the umask', async () => {
    const dir = damagedLog()
    const output = path('repaired')
    const umask = process.umask(0)
    await ringwal(['repair', dir, '--output', output]).finally(() => process.umask(umask))
    expect(statSync(output).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(output)) expect(statSync(join(output, name)).mode & 0o777).toBe(0o600)
  })

  it('prints the report that it writes', async () => {
    const dir = damagedLog()
    const output = path('repaired')
    const { code, stdout } = await ringwalInside(['repair', dir, '--output', output, '--json'])
    const report = JSON.parse(stdout)
    expect(code).toBe(1)
    expect(report).toEqual(JSON.parse(readFileSync(join(output, 'repair-report.json'), 'utf8')))
    expect(report).toMatchObject({ command: 'repair', sources: [dir], output, recordsKept: 39, recordsLost: 1 })
    expect(report.lost).toMatchObject([{ from: 20, to: 20, acknowledged: true, segment: FIRST, class: 'payload' }])
    const page = readFileSync(join(output, 'repair-report.md'), 'utf8')
    expect(page).toContain('**1 record lost (2.50 %).**')
    expect(page).toContain(`ringwal verify ${output}`)
  })

  it('changes nothing the second time, and says so by its exit code', async () => {
    const dir = damagedLog()
    const [once, twice] = [path('once'), path('twice')]
    await ringwalInside(['repair', dir, '--output', once])
    const { code, stdout } = await ringwalInside(['repair', once, '--output', twice])
    expect({ code, answer: stdout.endsWith('\nNothing was lost.\n') }).toEqual({ code: 0, answer: true })
    expect(digestOf(join(twice, FIRST))).toBe(digestOf(join(once, FIRST)))
  })

  it('only tells in a dry run', async () => {
    const dir = damagedLog()
    const names = readdirSync(dir)
    const around = readdirSync(dirname(dir))
    const { code, stdout } = await ringwalInside(['repair', dir, '--dry-run'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^output +none, this is a dry run$/m)
    expect(readdirSync(dir)).toEqual(names)
    expect(readdirSync(dirname(dir))).toEqual(around)
  })

  it('puts the repaired log in place, and keeps the old one', async () => {
    const dir = damagedLog()
    const before = digestOf(join(dir, FIRST))
    const { code, stdout } = await ringwal(['repair', dir, '--in-place'])
    expect(code).toBe(1)
    const originals = /^originals +(.+)$/m.exec(stdout)![1]!
    expect(basename(originals)).toMatch(new RegExp(`^${basename(dir)}\\.broken-\\d{8}T\\d{6}\\.\\d{3}Z$`))
    expect(digestOf(join(originals, FIRST))).toBe(before)
    expect(readdirSync(originals).filter((name) => name.startsWith('LOCK'))).toEqual(['LOCK.spare'])
    expect((await ringwalInside(['verify', dir])).code).toBe(0)
    const wal = await Wal.open({ dir })
    await wal.appendDurable('more')
    await wal.close()
    expect(await dumpedValues(dir)).toEqual([...LEFT, 'more'])
  })

  it('restores a flipped bit where it is asked to', async () => {
    const dir = path()
    await ringwalInside(['append', dir], { input: '"one record"\n"and another"\n' })
    flipByte(join(dir, FIRST), 4096 + 45)
    const output = path('restored')
    const { code, stdout } = await ringwalInside(['repair', dir, '--output', output, '--fix-single-bit'])
    expect({ code, restored: /restored by one bit/.test(stdout) }).toEqual({ code: 0, restored: true })
    expect(await dumpedValues(output)).toEqual(['one record', 'and another'])
  })

  it('cuts a log where it is asked to, and leaves segments out', async () => {
    const dir = path()
    const input = Array.from({ length: 300 }, (_, i) => `"${String(i).repeat(300)}"\n`).join('')
    await ringwalInside(['append', dir, '--segment-bytes', '64K'], { input })
    const [cut, dropped] = [path('cut'), path('dropped')]
    const first = await ringwalInside(['repair', dir, '--output', cut, '--truncate-at', '10', '--json'])
    expect(JSON.parse(first.stdout)).toMatchObject({ recordsKept: 10, recordsCut: 290, cutFrom: 11, clean: false })
    const args = ['--drop-segment', '2', '--drop-segment', '3']
    const second = await ringwalInside(['repair', dir, '--output', dropped, ...args, '--json'])
    const report = JSON.parse(second.stdout)
    expect(report.leftOut.map(({ file }: { file: string }) => Number.parseInt(file, 10))).toEqual([2, 3])
    expect(report.recordsKept + report.recordsLost).toBe(300)
    for (const dir of [cut, dropped]) expect((await ringwalInside(['verify', dir])).code).toBe(0)
  })
})

describe('ringwal repair does not run', () => {
  async function refusal(args: readonly string[], run: typeof ringwal = ringwalInside): Promise<string> {
    const { code, stdout, stderr } = await run(['repair', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_[A-Z_]+: [^\n]+\n$/)
    return stderr
  }

  it('on a log that a writer has open', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    try {
      await wal.appendDurable('x')
      for (const args of [['--dry-run'], ['--in-place'], ['--output', path('never')]]) {
        const stderr = await refusal([dir, ...args], ringwal)
        expect(stderr).toContain('ERR_RINGWAL_LOCKED')
        expect(stderr).toContain('Stop the writer first')
      }
    } finally {
      await wal.close()
    }
  })

  it('without a place to write to, or with two', async () => {
    const dir = damagedLog()
    expect(await refusal([dir])).toContain('--in-place or --dry-run')
    expect(await refusal([dir, '--output', path('x'), '--in-place'])).toContain('can not be used together')
    expect(await refusal([dir, '--dry-run', '--drop-segment', '9'])).toContain('ERR_RINGWAL_OPTION')
    expect(await refusal([dir, '--dry-run', '--truncate-at', '0'])).toContain('ERR_RINGWAL_OPTION')
  })

  it('into a directory that is not empty, through a link, or on what is no log', async () => {
    const dir = damagedLog()
    const used = path('used')
    mkdirSync(join(used, 'x'), { recursive: true })
    expect(await refusal([dir, '--output', used])).toContain('not empty')
    const link = path('link')
    symlinkSync(dir, link)
    expect(await refusal([link, '--in-place'])).toContain('symbolic link')
    expect(await refusal([join(dir, FIRST), '--in-place'])).toContain('ringwal salvage')
    expect(await refusal([path('none'), '--in-place'])).toContain('ERR_RINGWAL_NOT_FOUND')
    expect(existsSync(link)).toBe(true)
  })
})
