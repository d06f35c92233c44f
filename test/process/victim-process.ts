import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { LifeOrder } from './life.ts'
import { REPORT_PIPE, Told } from './told.ts'

const VICTIM = fileURLToPath(new URL('./victim.js', import.meta.url))

/** What a pipe holds is read in less. */
const HEAR_MS = 3

export interface VictimOptions {
  /** Command and arguments that it is run by: strace, say. */
  readonly by?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** It does not hear of more acknowledgements than these before `enough` resolves. */
  readonly enough?: number
}

/** A victim as its killer sees it. */
export class VictimProcess {
  readonly told: Told = new Told()
  /** Resolves when it is dead, or has ended, and all that it said is heard. */
  readonly ended: Promise<void>
  /** Resolves at the acknowledgement that was asked for, or at its end. */
  readonly enough: Promise<void>
  /** What it wrote where errors go. */
  stderr = ''
  private readonly child: ChildProcess

  constructor({ by = [], env = {}, enough = Number.POSITIVE_INFINITY }: VictimOptions = {}) {
    const [command = process.execPath, ...args] = [...by, process.execPath, VICTIM]
    const stdio = ['pipe', 'ignore', 'pipe', 'pipe'] as ['pipe', 'ignore', 'pipe', 'pipe']
    const child = spawn(command, args, { stdio, env: { ...process.env, ...env } })
    this.child = child
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => resolve())
    })
    this.ended = spawned
    // A victim that died before it was ordered does not take its order.
    child.stdin!.on('error', () => {})
    child.stderr!.on('data', (chunk) => {
      this.stderr += String(chunk)
    })
    const lines = createInterface({ input: child.stdio[REPORT_PIPE] as Readable })
    this.enough = new Promise((resolve) => {
      lines.on('line', (line) => {
        this.told.hear(line)
        if (this.told.acknowledgements >= enough) resolve()
      })
      spawned.then(resolve, resolve)
    })
  }

  order(order: LifeOrder): void {
    this.child.stdin?.end(JSON.stringify(order))
  }

  /** Whether it, or who ran it, was killed. */
  get wasKilled(): boolean {
    return this.child.signalCode === 'SIGKILL'
  }

  get exitCode(): number | null {
    return this.child.exitCode
  }

  signal(signal: NodeJS.Signals): void {
    const { pid } = this.told
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    // Who has not said its number yet has done nothing yet; strace passes no SIGKILL on, but its child can not do without its pipe.
    if (pid === undefined) this.child.kill(signal)
    else signalIfAlive(pid, signal)
  }

  /** Stops it, and waits until all of its threads stand still and what they said is heard. */
  async stop(): Promise<void> {
    const { pid } = this.told
    this.signal('SIGSTOP')
    if (pid === undefined) return
    while (!isStill(pid)) await setTimeout(1)
    await setTimeout(HEAR_MS)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  /** Waits for its end. @throws if that takes longer than a victim lives */
  async end(limitMs: number = 60_000): Promise<void> {
    const isLate = await Promise.race([this.ended, setTimeout(limitMs, true, { ref: false })])
    if (isLate === undefined) return
    await this.kill()
    throw new Error(`a victim still lived after ${limitMs} ms`)
  }
}

/** The victim may end between two looks at it: that it is gone is what its killer wanted. */
function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether every thread of a process is stopped, or there is none any more. */
function isStill(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')
      return /^[TtZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
    })
  } catch {
    return true
  }
}
