import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ENGINE_PIPE, type EngineInit, type EngineMessage } from './protocol.ts'

type Recovered = Extract<EngineMessage, { kind: 'recovered' }>

/** Longer than any recovery of a demo's log takes, even on a very slow disk. */
const RECOVERY_MS_MAX = 60_000

/** One life of the engine, as its parent sees it: it starts at once, and opens its log when told to. */
export class EngineProcess {
  /** Highest LSN that the engine was told is durable, and the highest that it says it has appended. */
  acknowledged = 0
  appended = 0
  private readonly child: ChildProcess
  private readonly ended: Promise<void>
  private readonly recovery: Promise<Recovered>
  private firstAppend: () => void = () => {}
  private readonly running: Promise<void>

  /** @param signal kills it, for when nobody waits for it any more */
  constructor(init: EngineInit, signal: AbortSignal) {
    const engine = fileURLToPath(new URL('./engine.js', import.meta.url))
    const stdio: StdioOptions = ['pipe', 'inherit', 'inherit', 'pipe']
    const options = { stdio, signal, killSignal: 'SIGKILL' } as const
    this.child = spawn(process.execPath, [engine, JSON.stringify(init)], options)
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', () => resolve())
    })
    this.running = new Promise((resolve) => {
      this.firstAppend = resolve
    })
    this.recovery = this.listen()
    // Both are awaited in their turn; until then a failure is not unhandled.
    this.ended.catch(() => {})
    this.recovery.catch(() => {})
  }

  /** Lets it open its log, and waits until it has recovered. @throws if it ends before that, or takes a minute */
  async recover(): Promise<Recovered> {
    this.child.stdin!.on('error', () => {}).write('go\n')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the engine did not recover within a minute')), RECOVERY_MS_MAX)
    })
    try {
      return await Promise.race([this.recovery, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Waits until it appends, or has ended. */
  async appends(): Promise<void> {
    await Promise.race([this.running, this.ended])
  }

  /** Kills it, and waits until it is dead and all that it said has been heard. @throws if it had ended by itself */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
    if (this.child.signalCode !== 'SIGKILL') throw new Error(`the engine ended by itself: ${this.end}`)
  }

  /** Waits for it to end. @throws if it fails */
  async finished(): Promise<void> {
    await this.ended
    if (this.child.exitCode !== 0) throw new Error(`the engine ended with ${this.end}`)
  }

  /** Kills it, if it still runs, without waiting. */
  abandon(): void {
    this.child.kill('SIGKILL')
  }

  private listen(): Promise<Recovered> {
    const lines = createInterface({ input: this.child.stdio[ENGINE_PIPE] as Readable })
    return new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        // Death may cut a line short: half a line acknowledges nothing.
        if (!line.endsWith('}')) return
        const message = JSON.parse(line) as EngineMessage
        if (message.kind === 'recovered') resolve(message)
        else this.note(message)
      })
      this.ended.then(() => reject(new Error(`the engine ended with ${this.end} before it had recovered`)), reject)
    })
  }

  private note(message: Exclude<EngineMessage, Recovered>): void {
    this.appended = message.appended
    this.firstAppend()
    if (message.kind === 'acknowledged') this.acknowledged = Math.max(this.acknowledged, message.durable)
  }

  private get end(): string {
    return this.child.signalCode ?? `exit code ${this.child.exitCode}`
  }
}
