import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addAppend } from './append.ts'
import { addDump } from './dump.ts'
import { addEngine } from './engine.ts'
import { addImport } from './import.ts'
import { addRepair } from './repair.ts'
import { addReplay } from './replay.ts'
import { addSalvage } from './salvage.ts'
import { addStat } from './stat.ts'
import type { Output } from './support/output.ts'
import { addTail } from './tail.ts'
import { addVerify } from './verify.ts'

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
  addEngine,
]

/** The command line, with its results on `output`. A command sets `process.exitCode`; usage errors are thrown. */
export function buildProgram(output: Output): Command {
  const program = new Command('ringwal')
    .description(DESCRIPTION)
    .version(readVersion())
    .exitOverride()
    // Errors are told in one line, by whoever catches them.
    .configureOutput({ outputError: () => {} })
  for (const add of COMMANDS) add(program, output)
  return program
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
