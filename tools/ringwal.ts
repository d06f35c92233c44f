#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { addAppend } from './append.ts'
import { addDump } from './dump.ts'
import { addEngine } from './engine.ts'
import { addImport } from './import.ts'
import { addRepair } from './repair.ts'
import { addReplay } from './replay.ts'
import { addSalvage } from './salvage.ts'
import { addStat } from './stat.ts'
import { EXIT_CANNOT, EXIT_FINE } from './support/exit.ts'
import { complain, describeFailure } from './support/failure.ts'
import { Output } from './support/output.ts'
import { addTail } from './tail.ts'
import { addVerify } from './verify.ts'

const DESCRIPTION = `Write, read and check ringwal logs.

Exit codes: 0 fine; 1 the answer is no (damage was found, lines were passed over); 2 it could not run.`

function buildProgram(output: Output): Command {
  const program = new Command('ringwal')
    .description(DESCRIPTION)
    .version(readVersion())
    .exitOverride()
    // Errors are told in one line, by whoever catches them.
    .configureOutput({ outputError: () => {} })
  addAppend(program, output)
  addDump(program, output)
  addVerify(program, output)
  addRepair(program, output)
  addSalvage(program, output)
  addReplay(program, output)
  addImport(program, output)
  addTail(program, output)
  addStat(program, output)
  addEngine(program, output)
  return program
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function main(): Promise<void> {
  process.stderr.on('error', () => {})
  try {
    await buildProgram(new Output()).parseAsync()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if (process.exitCode !== EXIT_FINE && !isHelp(error)) complain(describeFailure(error))
  }
}

function exitCodeOf(error: unknown): number {
  return error instanceof CommanderError && error.exitCode === 0 ? EXIT_FINE : EXIT_CANNOT
}

/** Without a command, commander prints the help to stderr itself. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help'
}

await main()
