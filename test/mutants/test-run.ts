import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProcessEnd, runLimited } from './process.ts'

/** What became of some tests. */
export type Outcome =
  | { readonly kind: 'passed'; readonly files: readonly FileTime[] }
  /** `by`: the first test that failed, or what else went wrong. */
  | { readonly kind: 'failed'; readonly by: string }
  | { readonly kind: 'timed-out' }

/** How long the tests of one file took. */
export interface FileTime {
  /** As in `Mutant.tests`. */
  readonly name: string
  readonly ms: number
}

/** Runs tests by their names as in `Mutant.tests`, and ends at the first that fails. */
export type RunTests = (tests: readonly string[], limitMs: number) => Promise<Outcome>

/** The part of vitest's JSON report that counts here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly startTime: number
    readonly endTime: number
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Vitest, over the tests of a copy of the build. */
export function vitestIn(root: string): RunTests {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const config = join(root, 'test/vitest.config.js')
  const report = join(root, 'report.json')
  const temporary = join(root, 'tmp')
  return async (tests, limitMs) => {
    rmSync(report, { force: true })
    mkdirSync(temporary, { recursive: true })
    const files = tests.map((name) => `test/${name}.test.js`)
    const output = ['--reporter=json', `--outputFile=${report}`]
    // A test that waits for ever fails by its name, rather than by the end of the run.
    const timeout = `--testTimeout=${Math.min(60_000, Math.round(limitMs / 2))}`
    const args = [vitest, 'run', '--config', config, '--bail', '1', timeout, ...output, ...files] as const
    // What killed tests leave behind goes with the copy.
    const env = { ...process.env, TMPDIR: temporary }
    const end = await runLimited([process.execPath, ...args], env, limitMs)
    rmSync(temporary, { recursive: true, force: true })
    return outcomeOf(existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as TestReport) : undefined, end)
  }
}

export function outcomeOf(report: TestReport | undefined, { code, isTimedOut, output }: ProcessEnd): Outcome {
  if (isTimedOut) return { kind: 'timed-out' }
  const results = report?.testResults ?? []
  const failed = results.flatMap(({ assertionResults }) => assertionResults).find(({ status }) => status === 'failed')
  if (failed !== undefined) return { kind: 'failed', by: failed.fullName.trim() }
  if (code === 0 && results.length > 0) {
    return {
      kind: 'passed',
      files: results.map(({ name, startTime, endTime }) => ({ name: nameOf(name), ms: endTime - startTime })),
    }
  }
  const broken = results.find(({ message }) => message !== '')
  const what = broken === undefined ? output.trim() : `${nameOf(broken.name)} as a whole: ${broken.message}`
  return { kind: 'failed', by: what.slice(0, 300) || `a run that ended with code ${code}` }
}

function nameOf(path: string): string {
  return path.replace(/^.*\/test\//, '').replace(/\.test\.js$/, '')
}

/** Where the package stands whose build this file is of. */
export const PACKAGE: string = fileURLToPath(new URL('../../../', import.meta.url))
