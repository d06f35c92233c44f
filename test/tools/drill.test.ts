/** A drill kills a real engine, recovers it, and tells the truth about what that cost. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DrillResult } from '../../tools/drill/drill-plan.ts'
import { CLI, ringwal, temporaryPaths } from './cli.ts'
import { ringwalInside } from './inside.ts'

const path = temporaryPaths()

interface DrillReport extends DrillResult {
  readonly passed: boolean
  readonly failures: readonly string[]
  readonly kept: string | null
}

/** Temporary directories of drills go here. */
const TMPDIR = path('tmp')
mkdirSync(TMPDIR)

async function drill(...args: readonly string[]): Promise<{ code: number | null; report: DrillReport }> {
  const common = ['drill', 'recovery', '--events', '1500', '--seed', '4', '--json']
  const { code, stdout, stderr } = await ringwal([...common, ...args], { env: { TMPDIR } })
  expect(stderr).toBe('')
  return { code, report: JSON.parse(stdout) as DrillReport }
}

describe('a drill of a recovery', () => {
  it.each(['always', 'never'])('from SIGKILL loses nothing that was acknowledged under %s', async (sync) => {
    const { code, report } = await drill('--sync', sync, '--max-rto-seconds', '60')
    expect(code).toBe(0)
    expect(report).toMatchObject({
      passed: true,
      fault: 'sigkill',
      policy: sync,
      rpoEvents: 0,
      stateEqual: true,
      kept: null,
    })
    expect(report.acknowledged).toBeGreaterThanOrEqual(1500)
    expect(report.recovered).toBeGreaterThanOrEqual(report.acknowledged)
    expect(report.unacknowledgedLost).toBeLessThanOrEqual(report.unacknowledged)
    expect(report.steps.map(({ name }) => name)).toEqual(['kill', 'start', 'append'])
    const steps = report.steps.reduce((sum, { seconds }) => sum + seconds, 0)
    expect(report.rtoSeconds).toBeGreaterThanOrEqual(steps - 0.01)
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  it('from a damaged copy finds and repairs all of the damage', async () => {
    const { code, report } = await drill('--fault', 'damaged-copy', '--max-rto-seconds', '60')
    expect(code).toBe(0)
    expect(report).toMatchObject({ passed: true, rpoEvents: 0, stateEqual: true, damageMade: 4, damageFound: 4 })
    expect(report.steps.map(({ name }) => name)).toEqual([
      'kill',
      'copy',
      'damage',
      'verify',
      'repair',
      'start',
      'append',
    ])
  })

  it('from a lost directory restores what the archive has, and counts the rest', async () => {
    // One backup, and load for a while behind it.
    const late = ['--archive-every', '1h', '--kill-after', '300ms']
    const limits = ['--max-rto-seconds', '60', '--max-rpo-events', '1000000']
    const { code, report } = await drill('--fault', 'lost-directory', ...late, ...limits)
    expect(code).toBe(0)
    expect(report).toMatchObject({ passed: true, stateEqual: true })
    expect(report.recovered).toBeGreaterThan(0)
    expect(report.rpoEvents).toBeGreaterThan(0)
    // What came back was acknowledged, or on its way.
    expect(report.rpoEvents + report.recovered).toBeGreaterThanOrEqual(report.acknowledged)
    expect(report.unacknowledgedLost).toBeLessThanOrEqual(report.unacknowledged)
    expect(report.steps.map(({ name }) => name)).toEqual(['kill', 'restore', 'start', 'append'])
  })

  it('writes evidence that is taken, and keeps a directory that it was given', async () => {
    const [dir, file] = [path('home'), join(path('results'), 'drill.env')]
    const { report } = await drill('--evidence-file', file, '--operator', 'ops', '--release', 'v9', '--dir', dir)
    expect(report.kept).toBe(dir)
    expect(readdirSync(dir)).toEqual(['wal'])
    expect(readFileSync(file, 'utf8')).toContain(
      `\nrpo_events=0\noperator=ops\nresult=${report.passed ? 'pass' : 'fail'}\nnotes=sigkill`,
    )
    const verify = ['evidence', 'verify', '--evidence-file', file, '--max-rto-seconds', '60']
    expect(await ringwalInside(verify)).toMatchObject({ code: 0, stdout: `verification passed: ${file}\n` })
    expect(readdirSync(dirname(file))).toEqual(['drill.env'])
  })

  it('fails where a limit is missed, says so in the evidence, and keeps its directory', async () => {
    const file = path('late.env')
    const { code, report } = await drill('--max-rto-seconds', '0.001', '--evidence-file', file)
    expect(code).toBe(1)
    expect(report.failures).toEqual([`the recovery took ${report.rtoSeconds} s, 0.001 s may it take`])
    expect(existsSync(join(report.kept!, 'wal'))).toBe(true)
    expect(readFileSync(file, 'utf8')).toContain('\nresult=fail\n')
    const { code: verdict } = await ringwalInside(['evidence', 'verify', '--evidence-file', file])
    expect(verdict).toBe(2)
  })

  it('takes the events of a file, over and over', async () => {
    const file = path()
    writeFileSync(file, '34200.1,1,7,100,5853300,1\n34200.2,4,7,100,5853300,1\n')
    const { code, report } = await drill('--records', file, '--max-rto-seconds', '60')
    expect({ code, input: report.input, equal: report.stateEqual }).toEqual({
      code: 0,
      input: basename(file),
      equal: true,
    })
  })

  it('ends with its engine, and leaves nothing, at a signal', async () => {
    const [dir, file] = [path('home'), path('ended.env')]
    const args = [CLI, 'drill', 'recovery', '--events', '100000000', '--dir', dir, '--evidence-file', file]
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    while (!existsSync(join(dir, 'wal', '00000000000000000001.rwal'))) await setTimeout(20)
    const pid = JSON.parse(
      readFileSync(join(dir, 'wal', 'LOCK'), 'utf8')
        .replace(/\0+$/, '')
        .trim(),
    ) as { pid: number }
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([null, 'SIGINT'])
    expect(readdirSync(dir)).toEqual([])
    expect(readdirSync(dirname(file)).filter((name) => name.includes('ended.env'))).toEqual([])
    expect(() => process.kill(pid.pid, 0)).toThrow('ESRCH')
  })

  it('touches no directory that has anything in it', async () => {
    const dir = path('taken')
    mkdirSync(dir)
    writeFileSync(join(dir, 'mine'), 'x')
    const { code, stdout, stderr } = await ringwalInside(['drill', 'recovery', '--dir', dir])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_OPTION: option --dir: [^\n]+\n$/)
    expect(readdirSync(dir)).toEqual(['mine'])
  })

  it.each([
    [['--operator', '']],
    [['--notes', 'two\nlines']],
    [['--events', '0']],
    [['--fault', 'fire']],
    [['--max-rto-seconds', 'nan']],
    [['--records', '/nowhere/at/all']],
    [['--evidence-file', '/dev/null/e.env']],
  ])('refuses %j in one line, before it begins', async (args) => {
    const { code, stdout, stderr } = await ringwalInside(['drill', 'recovery', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ringwal: ERR_RINGWAL_(OPTION|IO): [^\n]+\n$/)
  })
})
