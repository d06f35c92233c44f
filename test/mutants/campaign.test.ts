import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FailingTests, runCampaign } from './campaign.ts'
import { type Mutant, UnfitMutant } from './mutant.ts'
import { runLimited } from './process.ts'
import { type Outcome, outcomeOf, PACKAGE, type RunTests, type TestReport } from './test-run.ts'
import { Workspace } from './workspace.ts'

const base = mkdtempSync(join(tmpdir(), 'ringwal-mutants-'))
afterAll(() => rmSync(base, { recursive: true }))
writeFileSync(join(base, 'package.json'), '{ "type": "module" }')

const TOY = 'export function sum(a, b) {\n    return a + b;\n}\n'
let count = 0

/** A build of one file, copied. */
function toy(): Workspace {
  const build = join(base, `build-${++count}`)
  mkdirSync(join(build, 'src'), { recursive: true })
  writeFileSync(join(build, 'src/sum.js'), TOY)
  writeFileSync(join(build, 'src/sum.js.map'), '')
  return new Workspace(build, join(base, `copy-${count}`), PACKAGE)
}

function toyMutant(find: string, replace: string): Mutant {
  return { name: `${find} → ${replace}`, rule: 'toy', file: 'src/sum', find, replace, tests: ['sum'] }
}

/** One test over the toy, run in this process. */
function testsOf(workspace: Workspace): RunTests {
  return async () => {
    const { sum } = (await import(`${workspace.root}/src/sum.js?${++count}`)) as { sum(a: number, b: number): number }
    const passed: Outcome = { kind: 'passed', files: [{ name: 'sum', ms: 1 }] }
    return sum(2, 2) === 4 ? passed : { kind: 'failed', by: 'sum adds' }
  }
}

const SETTINGS = { deadline: Number.POSITIVE_INFINITY, onTrial: (): void => {} }

describe('a campaign', () => {
  it('tells the killed from the survivors, and leaves the program as it was', async () => {
    const host = toy()
    const mutants = [toyMutant('a + b', 'a - b'), toyMutant('a + b', 'a * b')]
    const trials = await runCampaign({ mutants, host, run: testsOf(host), ...SETTINGS })
    expect(trials.map(({ verdict, by }) => [verdict, by])).toEqual([
      ['killed', 'sum adds'],
      ['survived', undefined],
    ])
    expect(readFileSync(join(host.root, 'src/sum.js'), 'utf8')).toBe(TOY)
    host.remove()
    expect(existsSync(host.root)).toBe(false)
  })

  it.each([
    ['is not there', toyMutant('a / b', 'a'), 'stands 0 times'],
    ['stands there twice', toyMutant('b', 'c'), 'stands 2 times'],
    ['can not be replaced so', toyMutant('a + b', 'a +'), 'is no program'],
  ])('refuses a mutant whose text %s', async (_, mutant, why) => {
    const host = toy()
    const refused = await runCampaign({ mutants: [mutant], host, run: testsOf(host), ...SETTINGS }).catch((e) => e)
    expect(refused).toBeInstanceOf(UnfitMutant)
    expect(refused.message).toContain(why)
    expect(readFileSync(join(host.root, 'src/sum.js'), 'utf8')).toBe(TOY)
  })

  it('tries nothing where a test fails without a mutant', async () => {
    const host = toy()
    const run: RunTests = async () => ({ kind: 'failed', by: 'sum adds' })
    const refused = await runCampaign({ mutants: [toyMutant('+', '-')], host, run, ...SETTINGS }).catch((e) => e)
    expect(refused).toBeInstanceOf(FailingTests)
    expect(refused.message).toContain('sum adds')
  })

  it('ends in time, and counts a run that does not as a kill', async () => {
    const host = toy()
    const hanging: RunTests = async (_, limitMs) =>
      limitMs > 1e6 ? { kind: 'passed', files: [{ name: 'sum', ms: 10 }] } : { kind: 'timed-out' }
    const mutants = [toyMutant('+', '-')]
    const [trial] = await runCampaign({ mutants, host, run: hanging, ...SETTINGS })
    expect(trial).toMatchObject({ verdict: 'killed', by: 'time-out' })
    const late = await runCampaign({ mutants, host, run: testsOf(host), ...SETTINGS, deadline: 0 })
    expect(late).toMatchObject([{ verdict: 'untried' }])
  })
})

describe('the outcome of a run', () => {
  const ended = { code: 1, isTimedOut: false, output: 'vitest said something' }
  const file = { name: '/x/test/wal/close.test.js', startTime: 5, endTime: 12, message: '' }
  const report = (...statuses: string[]): TestReport => ({
    testResults: [{ ...file, assertionResults: statuses.map((status, i) => ({ status, fullName: `test ${i}` })) }],
  })

  it('is the first test that failed', () => {
    expect(outcomeOf(report('passed', 'failed', 'failed'), ended)).toEqual({ kind: 'failed', by: 'test 1' })
  })

  it('is that all passed only where vitest says so, and how long each file took', () => {
    const files = [{ name: 'wal/close', ms: 7 }]
    expect(outcomeOf(report('passed'), { ...ended, code: 0 })).toEqual({ kind: 'passed', files })
    expect(outcomeOf(report('passed'), ended)).toMatchObject({ kind: 'failed', by: 'vitest said something' })
    expect(outcomeOf({ testResults: [] }, { ...ended, code: 0 })).toMatchObject({ kind: 'failed' })
    expect(outcomeOf(undefined, ended)).toMatchObject({ kind: 'failed' })
  })

  it('is what went wrong with a file as a whole', () => {
    const broken = { testResults: [{ ...file, message: 'no such export', assertionResults: [] }] }
    expect(outcomeOf(broken, ended)).toEqual({ kind: 'failed', by: 'wal/close as a whole: no such export' })
  })
})

describe('a process that hangs', () => {
  it('is ended with its children', async () => {
    const script =
      "require('child_process').spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'inherit' }); for(;;);"
    const started = performance.now()
    expect(await runLimited([process.execPath, '-e', script], process.env, 300)).toMatchObject({ isTimedOut: true })
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
