#!/usr/bin/env node
import { CommanderError } from 'commander'
import { buildProgram } from './program.ts'
import { EXIT_CANNOT, EXIT_FINE } from './support/exit.ts'
import { complain, describeFailure } from './support/failure.ts'
import { Output } from './support/output.ts'

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
