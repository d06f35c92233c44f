#!/usr/bin/env node
import { runCommandLine } from './program.ts'
import { Output } from './support/output.ts'

process.stderr.on('error', () => {})
await runCommandLine(process.argv.slice(2), new Output())
