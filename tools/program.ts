import { Command, CommanderError } from 'commander'
import { addAppend } from './append.ts'
import { addBackup } from './backup.ts'
import { addBench } from './bench.ts'
import { addCompact } from './compact.ts'
import { addDrill } from './drill.ts'
import { addDump } from './dump.ts'
import { addEngine } from './engine.ts'
import { addEvidence } from './evidence.ts'
import { addHealth } from './health.ts'
import { addImport } from './import.ts'
import { addListBackups } from './list-backups.ts'
import { addMirrorArchive } from './mirror-archive.ts'
import { addPositions } from './positions.ts'
import { addReconcileOrders } from './reconcile-orders.ts'
import { addRecoverPositions } from './recover-positions.ts'
import { addRecoverState } from './recover-state.ts'
import { addRepair } from './repair.ts'
import { addReplay } from './replay.ts'
import { addRestore } from './restore.ts'
import { addSalvage } from './salvage.ts'
import { addStat } from './stat.ts'
import { addStatus } from './status.ts'
import { EXIT_CANNOT, EXIT_FINE } from './support/exit.ts'
import { complain, describeFailure } from './support/failure.ts'
import type { Output } from './support/output.ts'
import { packageVersion } from './support/version.ts'
import { addTail } from './tail.ts'
import { addThinArchive } from './thin-archive.ts'
import { addValidate } from './validate.ts'
import { addVerify } from './verify.ts'
import { addVerifyBackup } from './verify-backup.ts'

const DESCRIPTION = `Write, read and check ringwal logs.

Exit codes: 0 fine; 1 the answer is no (damage was found, lines were passed over); 2 it could not run.`

/**
 * In the order of the help. Each declares what its command takes; what it does stands in run/, and is imported when it is
 * called: the help, the version and every other command start without it. So what is in run/ takes from src/ the modules
 * that it needs, and not src/index.ts, which has them all.
 */
const COMMANDS = [
  addAppend,
  addDump,
  addVerify,
  addRepair,
  addSalvage,
  addReplay,
  addImport,
  addTail,
  addStat,
  addStatus,
  addHealth,
  addCompact,
  addPositions,
  addBackup,
  addListBackups,
  addVerifyBackup,
  addRestore,
  addThinArchive,
  addMirrorArchive,
  addValidate,
  addRecoverPositions,
  addRecoverState,
  addReconcileOrders,
  addDrill,
  addEvidence,
  addEngine,
  addBench,
]

/**
 * Runs a command to its end. Its results go to `output`, help to stdout, and what is wrong to stderr; its exit code stands in
 * `process.exitCode`.
 * @param args as they are typed behind `ringwal`
 */
export async function runCommandLine(args: readonly string[], output: Output): Promise<void> {
  try {
    await buildProgram(output).parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if (process.exitCode !== EXIT_FINE && !isHelp(error)) complain(describeFailure(error))
  }
}

function buildProgram(output: Output): Command {
  const program = new Command('ringwal')
    .description(DESCRIPTION)
    .version(packageVersion())
    .exitOverride()
    // Errors are told in one line, by whoever catches them.
    .configureOutput({ outputError: () => {} })
  for (const add of COMMANDS) add(program, output)
  return program
}

function exitCodeOf(error: unknown): number {
  return error instanceof CommanderError && error.exitCode === 0 ? EXIT_FINE : EXIT_CANNOT
}

/** Without a command, commander prints the help to stderr itself. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help'
}
