import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { CLI, type CliResult, runProcess } from './cli.ts'
import { type PreparedLog, prepareLog } from './runbook-logs.ts'
import type { PageBlock } from './runbook-page.ts'

/** A directory with a log, in which the commands of the runbook are given as an operator gives them. */
export class RunbookShell {
  readonly home: string
  private readonly outside: string
  private readonly prepared: PreparedLog

  private constructor(outside: string, home: string, prepared: PreparedLog) {
    this.outside = outside
    this.home = home
    this.prepared = prepared
  }

  /** @param log name of the log that is to be there */
  static async open(log: string): Promise<RunbookShell> {
    const outside = mkdtempSync(join(realpathSync(tmpdir()), 'ringwal-runbook-'))
    const home = join(outside, 'app')
    mkdirSync(home)
    installCommand(join(outside, 'bin'))
    installPackage(join(outside, 'node_modules', 'ringwal'))
    return new RunbookShell(outside, home, await prepareLog(log, home))
  }

  /** One command of a shell. What it says on stderr stands in its stdout. */
  sh(command: string): Promise<CliResult> {
    return this.run(`exec 2>&1\n${command}`)
  }

  /** A whole program. */
  js({ code }: PageBlock): Promise<CliResult> {
    writeFileSync(join(this.home, 'program.mjs'), code)
    return this.run('exec node program.mjs')
  }

  async close(): Promise<void> {
    await this.prepared.application?.kill()
    rmSync(this.outside, { recursive: true, force: true })
  }

  private run(script: string): Promise<CliResult> {
    const path = [join(this.outside, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
    const env = { ...this.prepared.env, PATH: path, LC_ALL: 'C', TZ: 'UTC', NO_COLOR: '1' }
    return runProcess('bash', ['-c', `cd "$0" || exit 125\n${script}`, this.home], { env })
  }
}

/** `ringwal`, as `npm install` would link it. */
function installCommand(bin: string): void {
  mkdirSync(bin)
  writeFileSync(join(bin, 'ringwal'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 })
}

/** The package, by the names that programs import it by. */
function installPackage(dir: string): void {
  mkdirSync(dir, { recursive: true })
  const exports = { '.': './index.js', './metrics': './metrics.js' }
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'ringwal', type: 'module', exports }))
  for (const [file, module] of [
    ['index.js', '../../src/index.js'],
    ['metrics.js', '../../src/metrics/index.js'],
  ] as const)
    writeFileSync(join(dir, file), `export * from '${new URL(module, import.meta.url).href}'\n`)
}
