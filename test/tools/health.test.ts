import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkpointName } from '../../src/format/index.ts'
import { Wal } from '../../src/index.ts'
import { durationOption, formatDuration } from '../../tools/support/durations.ts'
import { deadPid, writeLock } from '../storage/stale-lock.ts'
import { flipByte, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const nameOf = (number: number): string => `${String(number).padStart(20, '0')}.rwal`

/** Four segments and a bit, checkpoints at 20 and 40. */
const MODEL = path()
const model = await Wal.open({ dir: MODEL, segmentBytes: 65_536 })
for (const lsn of [20, 40, 60]) {
  while (model.lastLsn < lsn) model.append('x'.repeat(4000))
  if (lsn < 60) await model.checkpoint(lsn, Buffer.alloc(5000, lsn), { keep: 10 })
}
await model.close()

function closedLog(): string {
  const dir = path()
  cpSync(MODEL, dir, { recursive: true })
  return dir
}

interface Told {
  readonly code: number
  readonly healthy: boolean
  /** Results by check, and messages. */
  readonly results: Readonly<Record<string, string>>
  readonly messages: Readonly<Record<string, string>>
}

async function healthOf(dir: string, ...options: string[]): Promise<Told> {
  const { code, stdout, stderr } = await ringwalInside(['health', dir, '--json', ...options])
  expect(stderr).toBe('')
  const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Record<string, string>[] }
  const by = (member: string): Record<string, string> =>
    Object.fromEntries(checks.map((one) => [one['check'], one[member]]))
  return { code, healthy, results: by('result'), messages: by('message') }
}

const ALL_OK = Object.fromEntries(
  ['directory', 'segments', 'tail', 'lock', 'disk', 'checkpoint', 'files'].map((name) => [name, 'OK']),
)

describe('ringwal health', () => {
  it('has a line for each check, and exit code 0 if none failed', async () => {
    const dir = closedLog()
    const { code, stdout, stderr } = await ringwal(['health', dir])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.replace(/[\d.]+ [kMGT]?B (on disk|free)/g, '<size> $1').replace(/, \d+ (s|min) old/, ', <age>')).toBe(
      [
        `directory: OK: ${readdirSync(dir).length} files, <size> on disk`,
        'segments: OK: 4 segments, LSN 1 to 60',
        `tail: OK: ${nameOf(4)} ends at LSN 60, of which 60 is proven durable`,
        'lock: OK: no writer',
        'disk: OK: <size> free; a segment takes 65.5 kB',
        'checkpoint: OK: LSN 40, <age>',
        'files: OK: 0 spare, 0 recycled, 0 unfinished checkpoints, 0 set aside',
        '',
      ].join('\n'),
    )
  })

  it('finds a live log well, and one that was just opened', async () => {
    const dir = path()
    const wal = await Wal.open({ dir, segmentBytes: 65_536 })
    try {
      expect(await healthOf(dir, '--require-writer')).toMatchObject({ code: 0, results: ALL_OK })
      await wal.appendDurable('x')
      const { code, results, messages } = await healthOf(dir, '--require-writer')
      expect({ code, results }).toEqual({ code: 0, results: ALL_OK })
      expect(messages['lock']).toContain(`pid ${process.pid} on `)
    } finally {
      await wal.close()
    }
  })

  it('fails where somebody must have it open and nobody has', async () => {
    const dir = closedLog()
    expect(await healthOf(dir, '--require-writer')).toMatchObject({ code: 1, results: { ...ALL_OK, lock: 'FAIL' } })
    writeLock(dir, { pid: deadPid() })
    expect(await healthOf(dir)).toMatchObject({ code: 0, results: { ...ALL_OK, lock: 'WARN' } })
    expect(await healthOf(dir, '--require-writer')).toMatchObject({ code: 1, results: { ...ALL_OK, lock: 'FAIL' } })
  })

  it('fails for a log whose segments are not one', async () => {
    const dir = closedLog()
    rmSync(join(dir, nameOf(2)))
    const { code, results, messages } = await healthOf(dir)
    expect({ code, results }).toEqual({ code: 1, results: { ...ALL_OK, segments: 'FAIL' } })
    expect(messages['segments']).toMatch(/^missing-segment: /)
  })

  it('warns of a header that has only one copy left', async () => {
    const dir = closedLog()
    flipByte(join(dir, nameOf(4)), 40)
    expect(await healthOf(dir)).toMatchObject({ code: 0, results: { ...ALL_OK, segments: 'WARN' } })
  })

  it('fails for damage in the newest segment, and does not look for it in others', async () => {
    const dir = closedLog()
    flipByte(join(dir, nameOf(1)), 20_000)
    expect(await healthOf(dir)).toMatchObject({ code: 0, results: ALL_OK })
    flipByte(join(dir, nameOf(4)), 4200)
    const { code, results, messages } = await healthOf(dir)
    expect({ code, results }).toEqual({ code: 1, results: { ...ALL_OK, tail: 'FAIL' } })
    expect(messages['tail']).toMatch(/^payload damage at .* lost.*; run: ringwal verify$/)
  })

  it('calls a torn tail no failure, and tells of it', async () => {
    const dir = closedLog()
    const last = join(dir, nameOf(4))
    writeFileSync(last, readFileSync(last).subarray(0, -100))
    const { code, results, messages } = await healthOf(dir)
    expect({ code, results }).toEqual({ code: 0, results: ALL_OK })
    expect(messages['tail']).toContain('of a torn tail behind it, never told durable')
  })

  it('holds the free space against what is asked for', async () => {
    const dir = closedLog()
    expect(await healthOf(dir, '--min-free-bytes', '1')).toMatchObject({ code: 0, results: ALL_OK })
    const { code, results } = await healthOf(dir, '--min-free-bytes', '8388607G')
    expect({ code, results }).toEqual({ code: 1, results: { ...ALL_OK, disk: 'FAIL' } })
  })

  it('asks for a checkpoint, and for a young one, only if it is told to', async () => {
    const dir = closedLog()
    expect(await healthOf(dir, '--max-checkpoint-age', '1h')).toMatchObject({ code: 0, results: ALL_OK })
    expect(await healthOf(dir, '--max-checkpoint-age', '0ms')).toMatchObject({
      ...{ code: 1, results: { ...ALL_OK, checkpoint: 'FAIL' } },
    })
    for (const lsn of [20, 40]) rmSync(join(dir, checkpointName(lsn)))
    expect(await healthOf(dir)).toMatchObject({ code: 0, results: ALL_OK, messages: { checkpoint: 'none' } })
    expect((await healthOf(dir, '--max-checkpoint-age', '1h')).results['checkpoint']).toBe('FAIL')
  })

  it('warns where replays fall back on an older checkpoint, and fails where they find none', async () => {
    const dir = closedLog()
    flipByte(join(dir, checkpointName(40)), 3000)
    const first = await healthOf(dir)
    expect(first).toMatchObject({ code: 0, results: { ...ALL_OK, checkpoint: 'WARN' } })
    expect(first.messages['checkpoint']).toMatch(/^LSN 20, .*its snapshot does not verify$/)
    flipByte(join(dir, checkpointName(20)), 3000)
    expect(await healthOf(dir)).toMatchObject({ code: 1, results: { ...ALL_OK, checkpoint: 'FAIL' } })
  })

  it('fails for a checkpoint that is ahead of the log', async () => {
    const dir = closedLog()
    for (const number of [3, 4]) rmSync(join(dir, nameOf(number)))
    const { code, results, messages } = await healthOf(dir)
    expect({ code, results }).toEqual({ code: 1, results: { ...ALL_OK, checkpoint: 'FAIL' } })
    expect(messages['checkpoint']).toContain('records are missing')
  })

  it('warns where records are retired that no checkpoint makes up for', async () => {
    const dir = closedLog()
    rmSync(join(dir, checkpointName(40)))
    for (const number of [1, 2]) rmSync(join(dir, nameOf(number)))
    const { code, results, messages } = await healthOf(dir)
    expect({ code, results }).toEqual({ code: 0, results: { ...ALL_OK, checkpoint: 'WARN' } })
    expect(messages['checkpoint']).toMatch(/up to LSN \d+, were retired$/)
  })

  it('counts the files that are no segments', async () => {
    const dir = closedLog()
    const names = [
      'recycled-00000000000000000001.spare',
      `.${checkpointName(50)}.unfinished`,
      `${nameOf(9)}.unfinished-1`,
    ]
    for (const name of [...names, nameOf(5)])
      writeFileSync(join(dir, name), Buffer.alloc(name === nameOf(5) ? 65_536 : 1))
    expect((await healthOf(dir)).messages['files']).toBe('1 spare, 1 recycled, 1 unfinished checkpoint, 1 set aside')
  })

  it('exits with 2, and no answer, where it can not look', async () => {
    const [empty, link] = [path(), path()]
    mkdirSync(empty)
    symlinkSync(closedLog(), link)
    for (const place of [empty, link, path('missing'), '/dev/null']) {
      const { code, stdout, stderr } = await ringwalInside(['health', place])
      expect({ place, code, stdout }).toEqual({ place, code: 2, stdout: '' })
      expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_(NOT_FOUND|IO): [^\n]+\n$/)
    }
  })

  it('shows a text of others so that it can do no harm', async () => {
    const dir = path()
    const wal = await Wal.open({ dir })
    await wal.appendDurable('x')
    await wal.checkpoint(1, Buffer.alloc(1), { label: 'a\u001b[31m\nlock: OK' })
    await wal.close()
    const { stdout } = await ringwalInside(['health', dir])
    expect(stdout.split('\n')).toHaveLength(8)
    expect(stdout).toContain('a\\u001b[31m\\u000alock: OK')
  })
})

describe('a length of time', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%s is %d ms', (text, ms) => expect(durationOption('--x')(text)).toBe(ms))

  it.each(['', '5', '-1s', '1.5h', '1 h', '1w', '1H', '99999999d', '1e3s'])('%j is refused', (text) => {
    expect(() => durationOption('--x')(text)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_OPTION' }))
  })

  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_199_999, '1 h'],
    [864_000_000, '10 d'],
  ])('%d ms is told as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})
