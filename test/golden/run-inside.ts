import { Writable } from 'node:stream'
import { Command } from 'commander'
import { addDump } from '../../tools/dump.ts'
import { EXIT_CANNOT } from '../../tools/support/exit.ts'
import { describeFailure } from '../../tools/support/failure.ts'
import { Output } from '../../tools/support/output.ts'
import { addVerify } from '../../tools/verify.ts'

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `ringwal verify …` or `ringwal dump …` in this process: a child process for each would take far longer. */
export async function runInside(args: readonly string[]): Promise<Answer> {
  const out = new Gathered()
  const errors = new Gathered()
  const { write } = process.stderr
  process.stderr.write = (text: string | Uint8Array): boolean => errors.write(text)
  try {
    return { code: await exitCodeOf(args, new Output(out)), stdout: out.text, stderr: errors.text }
  } catch (error) {
    return { code: EXIT_CANNOT, stdout: out.text, stderr: `ringwal: ${describeFailure(error)}\n` }
  } finally {
    process.stderr.write = write
  }
}

async function exitCodeOf(args: readonly string[], output: Output): Promise<number> {
  const before = process.exitCode
  const program = new Command('ringwal').exitOverride()
  addDump(program, output)
  addVerify(program, output)
  try {
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode)
  } finally {
    process.exitCode = before
  }
}

class Gathered extends Writable {
  text = ''

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}
