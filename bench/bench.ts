/** `npm run bench`: what the log does on this machine and this disk. See README.md for the method. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stopMeasuring } from './isolate.ts'
import { describeMachine } from './machine.ts'
import { type BenchOptions, parseOptions, USAGE } from './options.ts'
import { render } from './report.ts'
import { Suite } from './suite.ts'
import { judge, summarize } from './summary.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions | 'help'
  try {
    options = parseOptions(args)
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  if (options === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  return measure(options)
}

async function measure(options: BenchOptions): Promise<number> {
  const root = makeRoot(options.dir)
  const cleanUp = (): void => {
    stopMeasuring()
    if (!options.keep) rmSync(root, { recursive: true, force: true })
  }
  process.once('SIGINT', () => {
    cleanUp()
    process.exit(130)
  })
  try {
    const machine = describeMachine(root)
    const started = performance.now()
    const { cells, logs } = await new Suite(options, root, showProgress).run()
    const seconds = (performance.now() - started) / 1000
    const summaries = cells.map(summarize)
    const claims = judge(summaries)
    const { effort, records, runs } = options
    const everything = { machine, seconds, records, runs, effort, summaries, claims, cells, logs }
    process.stdout.write(
      options.json ? `${JSON.stringify(everything, undefined, 2)}\n` : render({ machine, runs, summaries, claims }),
    )
    return 0
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`)
    return 1
  } finally {
    cleanUp()
  }
}

function makeRoot(dir: string): string {
  const parent = resolve(dir)
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(join(parent, 'ringwal-bench-'))
}

/** On one line of the terminal, which is wiped at the end; nothing where nobody looks. */
function showProgress(done: number, total: number, what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}/${total}  ${what}`)
}
