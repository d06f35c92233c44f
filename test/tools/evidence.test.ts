/** `ringwal evidence` on files as they come. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CASES, caseJson } from '../evidence/cases-path.ts'
import { ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

interface EvidenceCase {
  readonly verifier: 'wal' | 'failover'
  readonly file: string
  readonly args: readonly string[]
  readonly exit_code: number
  readonly stdout: string
}

const DIR = join(CASES, 'evidence')
const cases = caseJson<EvidenceCase[]>('evidence/expected.json')

/** What the originals let pass, and why ringwal does not. */
const CLOSED: Readonly<Record<string, string>> = {
  'wal_result_fail_still_passes.env': 'result is fail',
  'wal_rto_nan.env': 'rto_seconds must be a finite number',
  'wal_rto_mismatch_with_timestamps.env': 'rto_seconds is less than the times say: actual=1.0 times=300.0',
}

function argsOf({ verifier, file, args }: EvidenceCase): string[] {
  return ['evidence', 'verify', '--evidence-file', file, ...args, ...(verifier === 'failover' ? ['--failover'] : [])]
}

describe('the cases of evidence', () => {
  it.each(cases)('$file with --compat', async (one) => {
    const { code, stdout, stderr } = await ringwalInside([...argsOf(one), '--compat'], { cwd: DIR })
    expect({ code, stdout, stderr }).toEqual({ code: one.exit_code, stdout: `${one.stdout}\n`, stderr: '' })
  })

  it.each(cases)('$file by default', async (one) => {
    const { code, stdout } = await ringwalInside(argsOf(one), { cwd: DIR })
    const reason = CLOSED[one.file]
    const wanted = reason === undefined ? one.stdout : `error: wal recovery evidence verification failed: ${reason}`
    expect({ code, stdout }).toEqual({ code: reason === undefined ? one.exit_code : 2, stdout: `${wanted}\n` })
  })
})

async function verify(file: string, ...more: string[]): Promise<string> {
  const { code, stdout } = await ringwalInside(['evidence', 'verify', '--evidence-file', file, ...more])
  return `${code} ${stdout.trimEnd()}`
}

const OK = readFileSync(join(DIR, 'wal_ok.env'), 'utf8')

describe('ringwal evidence verify', () => {
  it('as a process', async () => {
    const { code, stdout, stderr } = await ringwal(argsOf(cases[0]!), { cwd: DIR })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'verification passed: wal_ok.env\n', stderr: '' })
  })

  it('tells that there is no file, with the path as it would be found', async () => {
    expect(await verify('.//no/./such/')).toBe('2 error: evidence file not found: no/such')
    expect(await verify(join(DIR, 'wal_ok.env', 'x'))).toMatch(/^2 error: evidence file not found: /)
  })

  it('tells of what is no file, and does not wait for a pipe', async () => {
    const [dir, pipe] = [path('dir'), path('pipe')]
    mkdirSync(dir)
    execFileSync('mkfifo', [pipe])
    const failed = 'error: wal recovery evidence verification failed:'
    expect(await verify(dir)).toBe(`2 ${failed} [Errno 21] Is a directory: '${dir}'`)
    expect(await verify(pipe)).toBe(`2 ${failed} it is no regular file: '${pipe}'`)
  })

  it.skipIf(process.getuid?.() === 0)('tells of a file that may not be read', async () => {
    const file = path('secret')
    writeFileSync(file, OK)
    chmodSync(file, 0)
    expect(await verify(file)).toContain(`[Errno 13] Permission denied: '${file}'`)
  })

  it.each([
    ['an empty file', '', 'missing required key: drill_id'],
    ['a byte order mark', `\ufeff${OK}`, 'missing required key: drill_id'],
    ['no UTF-8', Buffer.from([0x61, 0xff]), "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"],
    ['too many bytes', Buffer.alloc(2 ** 21, '\n'), 'the file is longer than 1048576 bytes'],
  ])('refuses %s', async (_, content, reason) => {
    const file = path('file')
    writeFileSync(file, content)
    for (const more of [[], ['--compat']])
      expect(await verify(file, ...more)).toBe(`2 error: wal recovery evidence verification failed: ${reason}`)
  })

  it('takes other line ends, and the last of several values', async () => {
    const file = path('file')
    writeFileSync(file, `rpo_events=7\r\n${OK.replaceAll('\n', '\r\n')}`)
    expect(await verify(file)).toBe(`0 verification passed: ${file}`)
  })

  it('shows control characters in a form that does nothing to a terminal', async () => {
    const file = path('file\u001b[2J')
    expect(await verify(file)).toBe(`2 error: evidence file not found: ${file.replace('\u001b', '\\u001b')}`)
    const text = readFileSync(join(DIR, 'failover_ok.env'), 'utf8').replace(
      'STEP_1_STATUS=ok',
      'STEP_1_STATUS=o\u001b[31mk',
    )
    writeFileSync(file, text)
    expect(await verify(file, '--failover', '--compat')).toBe(
      '2 error: failover evidence verification failed: STEP_1_STATUS has invalid value: o\\u001b[31mk',
    )
  })

  it('takes a dry run, and says so', async () => {
    const args = ['evidence', 'verify', '--failover', '--evidence-file', join(CASES, 'failover', 'ok.env')]
    const { code, stdout, stderr } = await ringwalInside([...args, '--max-data-lag-events', '3'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `verification passed: ${join(CASES, 'failover', 'ok.env')}\n` })
    expect(stderr).toBe('ringwal: it is the evidence of a dry run: no step was carried out\n')
  })

  it.each([
    [['verify']],
    [['verify', '--evidence-file', 'x', '--max-rto-seconds', 'ten']],
    [['verify', '--evidence-file', 'x', '--max-rpo-events', '0.5']],
    [['verify', '--evidence-file', 'x', '--max-data-lag-events', '1']],
    [['verify', '--evidence-file', 'x', '--failover', '--max-rto-seconds', '1']],
    [['verify', '--evidence-file', 'x', '--execute']],
    [['failover', '--env-config', 'x']],
    [['failover', '--env-config', 'x', '--output-file', 'y', '--compat']],
    [['check', '--evidence-file', 'x']],
  ])('is not run as evidence %j', async (args) => {
    const { code, stdout, stderr } = await ringwalInside(['evidence', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: [^\n]+\n$/)
  })
})

describe('ringwal evidence failover', () => {
  const durations = /^(STEP_\d_DURATION_MS|FAILOVER_DURATION_SECONDS)=\d+$/gm

  it.each([
    ['ok', [], 'ok.env', 0],
    ['ok', ['--execute'], 'ok--execute.env', 0],
    ['fail', [], 'fail.env', 0],
    ['fail', ['--execute'], 'fail--execute.env', 2],
  ] as const)('%s %j writes %s', async (name, more, wanted, exitCode) => {
    const file = join(path('results'), 'failover.env')
    const config = join(CASES, 'failover', `${name}.yaml`)
    const args = ['evidence', 'failover', '--env-config', config, '--output-file', file, ...more]
    const { code, stdout } = await ringwalInside(args)
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: `${file}\n` })
    const [found, told] = [readFileSync(file, 'utf8'), readFileSync(join(CASES, 'failover', wanted), 'utf8')]
    expect(found.replace(durations, '$1=')).toBe(told.replace(durations, '$1='))
  })

  it('does nothing without a configuration, or where it can not write', async () => {
    const file = path('failover.env')
    const missing = await ringwalInside(['evidence', 'failover', '--env-config', 'none.yaml', '--output-file', file])
    expect([missing.code, missing.stdout]).toEqual([2, 'error: env config not found: none.yaml\n'])
    const [mark, config] = [path('mark'), path('hosts.yaml')]
    writeFileSync(config, `precheck_cmd: touch ${mark}\n`)
    const args = ['evidence', 'failover', '--env-config', config, '--execute', '--output-file']
    expect((await ringwalInside([...args, join(config, 'below')])).code).toBe(2)
    expect(() => readFileSync(mark)).toThrow('ENOENT')
    expect((await ringwalInside([...args, file])).code).toBe(0)
    expect(readFileSync(mark, 'utf8')).toBe('')
  })
})
