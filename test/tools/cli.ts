import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export interface CliResult {
  /** null if a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly input?: string | Uint8Array
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** The compiled command. */
export const CLI: string = fileURLToPath(new URL('../../tools/ringwal.js', import.meta.url))

/** Runs the compiled command to its end. Without `input`, its stdin is empty. */
export function ringwal(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return runProcess(process.execPath, [CLI, ...args], options)
}

export function runProcess(command: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(command, args, { env: { ...process.env, ...options.env }, cwd: options.cwd })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // The command may well end before it has read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** A directory for one test file, removed behind it; each call of the result is a path in it that nobody has used. */
export function temporaryPaths(): (name?: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'ringwal-cli-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let count = 0
  return (name = 'log') => join(root, `${++count}-${name}`)
}

/** The parsed lines of JSON Lines. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** Changes one byte of a file. */
export function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path)
  bytes[offset]! ^= 0x10
  writeFileSync(path, bytes)
}
