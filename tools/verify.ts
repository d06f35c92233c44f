import type { Command } from 'commander'
import type { VerifyFlags } from './run/verify.ts'
import { wholeNumber } from './support/option-values.ts'
import type { Output } from './support/output.ts'

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
    .option('--workers <n>', 'threads to share the work among (default: one a core)', wholeNumber('--workers', 1, 64))
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: VerifyFlags) => {
      const { verify } = await import('./run/verify.ts')
      process.exitCode = await verify(path, flags, output)
    })
}
