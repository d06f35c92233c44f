import { Readable, Writable } from 'node:stream'
import { runCommandLine } from '../../tools/program.ts'
import { Output } from '../../tools/support/output.ts'
import { type CliResult, jsonLines } from './cli.ts'

export interface InsideOptions {
  readonly input?: string | Uint8Array
  readonly cwd?: string
}

export interface InsideResult extends CliResult {
  readonly code: number
}

/** The end of the last run that was asked for. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the command line in this process, for tests of what a command answers: most of the time that a process of its own
 * takes goes into starting it. What a command is as a process (signals, pipes, rights, a live log of another process) is
 * tried with `ringwal`, and so is each command at least once. Runs that are asked for together come one after the other:
 * stdin, stdout, stderr and the exit code are the process's.
 */
export function ringwalInside(args: readonly string[], options: InsideOptions = {}): Promise<InsideResult> {
  const run = last.then(() => runInside(args, options))
  last = run.catch(() => {})
  return run
}

async function runInside(args: readonly string[], { input = '', cwd }: InsideOptions): Promise<InsideResult> {
  const [stdout, stderr] = [new Gathered(), new Gathered()]
  const restored = [divert(process.stdout, stdout), divert(process.stderr, stderr), feedStdin(input), enter(cwd)]
  const before = process.exitCode
  process.exitCode = undefined
  try {
    await runCommandLine(args, new Output(stdout))
    return { code: Number(process.exitCode ?? 0), signal: null, stdout: stdout.text, stderr: stderr.text }
  } finally {
    process.exitCode = before
    for (const restore of restored) restore()
  }
}

class Gathered extends Writable {
  private readonly chunks: Buffer[] = []

  get text(): string {
    return Buffer.concat(this.chunks).toString()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk)
    done()
  }
}

function divert(stream: NodeJS.WriteStream, to: Gathered): () => void {
  const { write } = stream
  stream.write = (text: string | Uint8Array): boolean => to.write(text)
  return () => {
    stream.write = write
  }
}

function feedStdin(input: string | Uint8Array): () => void {
  const before = Object.getOwnPropertyDescriptor(process, 'stdin')!
  const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)], { objectMode: false })
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
  return () => Object.defineProperty(process, 'stdin', before)
}

function enter(dir: string | undefined): () => void {
  const before = process.cwd()
  if (dir !== undefined) process.chdir(dir)
  return () => {
    if (dir !== undefined) process.chdir(before)
  }
}

/** The values of a log, as `dump --json` tells them. */
export async function dumpedValues(dir: string): Promise<unknown[]> {
  const { stdout } = await ringwalInside(['dump', dir, '--json'])
  return jsonLines(stdout).map(({ value }) => value)
}
