import type { Command } from 'commander'
import { verifyLog } from '../src/index.ts'
import { describeVerify } from './output/verify-report.ts'
import { EXIT_FINE, EXIT_NO } from './support/exit.ts'
import { formatShare } from './support/format.ts'
import { liveWriter } from './support/lock.ts'
import { requireLog } from './support/log-path.ts'
import type { Output } from './support/output.ts'
import { Progress } from './support/progress.ts'

const EXAMPLES = `
A torn tail is an unfinished end that nobody was told is durable. It is information, not damage.

Examples:
  ringwal verify data/wal
  ringwal verify data/wal/00000000000000000042.rwal --json`

export function addVerify(program: Command, output: Output): void {
  program
    .command('verify')
    .summary('check every byte of a log')
    .description('Check every header, link and record of a log, or of one segment file. Nothing is changed.')
    .argument('<path>', "a log's directory, or one of its segment files")
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, { json }: { json?: true }) => {
      process.exitCode = await verify(path, json === true, output)
    })
}

async function verify(path: string, json: boolean, output: Output): Promise<number> {
  const writer = requireLog(path) === 'directory' ? liveWriter(path) : undefined
  const progress = new Progress()
  const started = performance.now()
  const report = await verifyLog(path, {
    onProgress: (done, total) => progress.update(() => `verifying: ${formatShare(done, total)}`),
  })
  const seconds = (performance.now() - started) / 1000
  progress.clear()
  if (json) output.line(JSON.stringify(report))
  else for (const line of describeVerify(report, seconds, writer)) output.line(line)
  await output.flush()
  return report.ok ? EXIT_FINE : EXIT_NO
}
