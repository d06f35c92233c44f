import type { Command } from 'commander'
import { verifyLog } from '../src/index.ts'
import { describeVerify } from './output/verify-report.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { liveWriter } from './support/lock.ts'
import { requireLog } from './support/log-path.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'
import { Progress } from './support/progress.ts'
import { progressBar } from './support/progress-bar.ts'

const EXAMPLES = `
A torn tail is an unfinished end that nobody was told is durable. It is information, not damage.

Examples:
  ringwal verify data/wal
  ringwal verify data/wal/00000000000000000042.rwal --json`

interface VerifyFlags {
  readonly json?: true
  readonly workers?: number
}

export function addVerify(program: Command, output: Output): void {
  program
    .command('verify')
    .summary('check every byte of a log')
    .description('Check every header, link and record of a log, or of one segment file. Nothing is changed.')
    .argument('<path>', "a log's directory, or one of its segment files")
    .option('--workers <n>', 'threads to share the work among (default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: VerifyFlags) => {
      process.exitCode = await verify(path, options, output)
    })
}

async function verify(path: string, { json, workers }: VerifyFlags, output: Output): Promise<number> {
  const writer = requireLog(path) === 'directory' ? liveWriter(path) : undefined
  const progress = new Progress()
  const started = performance.now()
  const secondsSoFar = (): number => (performance.now() - started) / 1000
  const report = await verifyLog(path, {
    ...(workers === undefined ? {} : { workers }),
    onProgress: (done, total) => progress.update(() => progressBar('verifying', done, total, secondsSoFar())),
  })
  const seconds = secondsSoFar()
  progress.clear()
  if (json) output.line(JSON.stringify(report))
  else for (const line of describeVerify(report, seconds, writer)) output.line(line)
  await output.flush()
  return report.ok ? EXIT_FINE : EXIT_NO
}
