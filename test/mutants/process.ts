import { spawn } from 'node:child_process'

/** How a child process ended: its exit code, or that it was ended for being too slow. */
export interface ProcessEnd {
  readonly code: number | null
  readonly isTimedOut: boolean
  /** The last of what it said. */
  readonly output: string
}

const OUTPUT_CHARS = 4000

/** Kills every process that was started here and still runs, with its children. */
export function killRunning(): void {
  for (const pid of running) killGroup(pid)
}

const running = new Set<number>()

/** Runs a program, in a process group of its own, so that when the time is up its children end with it. */
export function runLimited(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<ProcessEnd> {
  const [program, ...args] = command
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let isTimedOut = false
  const hear = (text: string): void => {
    output = (output + text).slice(-OUTPUT_CHARS)
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  if (child.pid !== undefined) running.add(child.pid)
  const timer = setTimeout(() => {
    isTimedOut = true
    killGroup(child.pid!)
  }, limitMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      // What it has started ends with it.
      killGroup(child.pid!)
      running.delete(child.pid!)
      resolve({ code, isTimedOut, output })
    })
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}
