/** `ringwal replay` of other systems' logs gives what the original programs gave. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const CASES = fileURLToPath(new URL('../../../test/foreign/cases/', import.meta.url))

type Result = Readonly<Record<string, unknown>>

interface ForeignCase {
  readonly path: string
  readonly expected: Result
  /** The line that the original printed. */
  readonly stdout: unknown
}

/** What the files tell of a case besides the result of its replay. */
const ABOUT = ['file', 'stdout', 'exit_code', 'case', 'script', 'write_stats', 'files', 'bytes', 'note', 'replay']

function casesOf(format: string): ForeignCase[] {
  const listed = JSON.parse(readFileSync(join(CASES, format, 'expected.json'), 'utf8')) as Result[]
  return listed.map((one) => {
    const result = (one['replay'] ?? one) as Result
    const fields = Object.entries(result).filter(([name]) => !ABOUT.includes(name))
    const name = String(one['file'] ?? one['case'])
    return { path: join(CASES, format, 'wal', name), expected: Object.fromEntries(fields), stdout: one['stdout'] }
  })
}

describe.each(['order-jsonl', 'partition-binary', 'order-binary'])('the cases of %s', (format) => {
  it('give the same result as JSON', { timeout: 120_000 }, async () => {
    for (const one of casesOf(format)) {
      const { code, stdout } = await ringwalInside(['replay', one.path, '--format', format, '--json'])
      expect(JSON.parse(stdout), one.path).toMatchObject(one.expected)
      expect([0, 1], one.path).toContain(code)
    }
  })

  it('give it to a file as well', async () => {
    const [one] = casesOf(format)
    const state = path('state')
    const { stdout } = await ringwal(['replay', one!.path, '--format', format, '--state', state])
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject(one!.expected)
    expect(stdout).toMatch(/^WAL replay completed path=.* lines=\d+ .*\n$/)
  })
})

it('the summary line of order-jsonl is exactly the original, and alone on stdout', { timeout: 60_000 }, async () => {
  const cases = casesOf('order-jsonl').filter((_, i) => i % 5 === 0)
  expect(cases.length).toBeGreaterThan(8)
  for (const [i, { path: file, stdout, expected }] of cases.entries()) {
    const name = basename(file)
    const run = i === 0 ? ringwal : ringwalInside
    const ran = await run(['replay', name, '--format', 'order-jsonl'], { cwd: dirname(file) })
    expect(ran.stdout).toBe(`${stdout}\n`)
    if (expected['parse_errors'] !== 0 || expected['state_rejected'] !== 0) expect(ran.code, name).toBe(1)
  }
})

describe('the exit code', () => {
  const gateway = join(CASES, 'order-jsonl/wal')
  const replayBy = (run: typeof ringwal, name: string, ...options: string[]) =>
    run(['replay', join(gateway, name), '--format', 'order-jsonl', ...options])
  const replay = (name: string, ...options: string[]) => replayBy(ringwalInside, name, ...options)

  it('is 0 for a clean log, 1 for a rejected event, 2 where nothing is', async () => {
    expect((await replayBy(ringwal, 'upstream_rebuild.wal')).code).toBe(0)
    expect((await replayBy(ringwal, 'overfill.wal')).code).toBe(1)
    const missing = await replayBy(ringwal, 'nothing-here.wal')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain('ERR_RINGWAL_NOT_FOUND')
  })

  it('is 1 for what the original let pass', async () => {
    const { code, stderr } = await replay('torn_tail_mid_string.wal')
    expect(code).toBe(1)
    expect(stderr).not.toBe('')
  })

  it('of a legacy fill is 0 with --legacy-totals', async () => {
    expect((await replay('legacy_fill_no_price.wal')).code).toBe(1)
    expect((await replay('legacy_fill_no_price.wal', '--legacy-totals')).code).toBe(0)
  })

  it('of options that do not belong to the format is 2', async () => {
    for (const option of [
      ['--workers', '2'],
      ['--to', '5'],
      ['--prefix', 'x'],
    ])
      expect((await replay('upstream_rebuild.wal', ...option)).code, option[0]).toBe(2)
  })
})

it('--quiet leaves the line alone', async () => {
  const file = join(CASES, 'order-jsonl/wal/upstream_rebuild.wal')
  const loud = await ringwalInside(['replay', file, '--format', 'order-jsonl'])
  const quiet = await ringwalInside(['replay', file, '--format', 'order-jsonl', '--quiet'])
  expect(quiet).toMatchObject({ stdout: loud.stdout, stderr: '' })
  expect(loud.stderr).toMatch(/^orders +1 filled$/m)
})
