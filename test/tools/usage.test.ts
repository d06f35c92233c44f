import { describe, expect, it } from 'vitest'
import { CLI, ringwal, runProcess, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()
const COMMANDS = [
  ...[
    'append',
    'dump',
    'verify',
    'repair',
    'salvage',
    'tail',
    'stat',
    'status',
    'health',
    'positions',
    'validate',
    'recover-positions',
  ],
  ...['recover-state', 'reconcile-orders', 'drill', 'evidence', 'engine'],
  ...['backup', 'list-backups', 'verify-backup', 'restore', 'thin-archive', 'mirror-archive'],
]

describe('ringwal', () => {
  it.each(COMMANDS)('%s has help with an example', async (command) => {
    const { code, stdout, stderr } = await ringwalInside([command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`\nExamples:\n  ringwal ${command} `)
  })

  it('tells its version, and what it can do', async () => {
    expect((await ringwal(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const { code, stderr } = await ringwal([])
    expect(code).toBe(2)
    for (const command of COMMANDS) expect(stderr).toContain(`\n  ${command} `)
  })

  it.each([
    [['nothing']],
    [['dump']],
    [['dump', 'a', 'b']],
    [['dump', 'a', '--nothing']],
    [['append']],
    [['dump', '', '--limit', '1']],
    ...[['-1'], ['1e3'], ['0x10'], [' 1'], ['9007199254740992'], ['']].map(([lsn]) => [['dump', 'a', '--from', lsn!]]),
    ...['2026-02-30', '2026-11-20T25:00', '1969-12-31', '@18446744073709551616', '-10y', '12:00', 'NaN'].map((time) => [
      ['dump', 'a', '--since', time],
    ]),
    [['dump', 'a', '--type', '65536']],
    [['dump', 'a', '--type', '1,']],
    [['append', 'a', '--segment-bytes', '1K']],
    [['append', 'a', '--segment-bytes', '64X']],
    [['append', 'a', '--sync', 'sometimes']],
    [['append', 'a', '--columns', 'a,a']],
    [['append', 'a', '--columns', 'a', '--header']],
    [['append', 'a', '--columns', 'a', '--format', 'jsonl']],
    [['append', 'a', '--batch', '0']],
    [['tail', 'a', '-n', '-5']],
  ])('refuses %j in one line, with a code and exit code 2', async (args) => {
    const { code, stdout, stderr } = await ringwalInside(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_(OPTION|NOT_FOUND|IO): [^\n]+\n$/)
  })

  it('names the option that it refuses', async () => {
    const { stderr } = await ringwal(['dump', 'a', '--since', 'now\u001b[31m'])
    expect(stderr).toContain('option --since: "now\\u001b[31m" is not allowed')
  })

  it('says nothing when its reader goes away, and does not call that a failure', async () => {
    const dir = path()
    await ringwalInside(['append', dir], { input: Array.from({ length: 20_000 }, () => '"some record"').join('\n') })
    // The pipe's exit code is, in bash with pipefail, that of the command before it.
    const script = 'set -o pipefail; "$0" "$1" dump "$2" | head -1; echo $?'
    const { stdout, stderr } = await runProcess('bash', ['-c', script, process.execPath, CLI, dir])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^1 \S+ type=0 key=0 "some record"\n0\n$/)
  })

  it('fails when stdout takes no more', async () => {
    const dir = path()
    await ringwalInside(['append', dir], { input: '1\n' })
    const script = '"$0" "$1" dump "$2" > /dev/full'
    const { code, stderr } = await runProcess('bash', ['-c', script, process.execPath, CLI, dir])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_IO: writing to stdout: [^\n]+\n$/)
  })
})
