import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { RingwalError } from '../../src/errors.ts'
import { failoverEvidenceText, parseFailoverPlan, runFailover } from '../../src/evidence/index.ts'
import { pathText } from '../../src/foreign/python/python-text.ts'
import { StateFile } from '../replay/json-target.ts'
import { EXIT_CANNOT, EXIT_FINE } from '../support/exit.ts'
import type { Output } from '../support/output.ts'
import { printable } from '../support/printable.ts'
import { readInput } from './read-input.ts'

/** Goes through the steps of a configuration and writes the evidence; exits as the gateway's orchestrator did: with 0 or 2. */
export async function failoverAction(
  config: string,
  outputFile: string,
  isExecuted: boolean,
  output: Output,
): Promise<number> {
  const input = readInput(config, pathText(config))
  if (input.kind !== 'bytes') {
    if (input.kind === 'fault') throw new RingwalError('ERR_RINGWAL_IO', input.reason, { path: config })
    output.line(printable(`error: env config not found: ${pathText(config)}`))
    await output.flush()
    return EXIT_CANNOT
  }
  const plan = parseFailoverPlan(input.bytes)
  mkdirSync(dirname(outputFile), { recursive: true })
  // Before the first step: that the evidence can not be written is to be known while nothing was done yet.
  const file = await StateFile.create(outputFile)
  try {
    const drill = await runFailover(plan, isExecuted ? runCommand : undefined)
    await file.target(failoverEvidenceText(plan, drill, !isExecuted))
    await file.keep()
    output.line(printable(pathText(outputFile)))
    await output.flush()
    return drill.failedStep === '' ? EXIT_FINE : EXIT_CANNOT
  } catch (error) {
    await file.drop()
    throw error
  }
}

/** What a command says goes to stderr: stdout has the answer alone. */
function runCommand(command: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 2, 2] })
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0))
  })
}
