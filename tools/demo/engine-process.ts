import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { RingwalError } from '../../src/errors.ts'
import type { SyncPolicy } from '../../src/index.ts'
import type { EngineStart } from '../engine/start-engine.ts'

/** What an engine says when it can be reached. */
export interface EngineReady extends EngineStart {
  readonly url: string
  readonly state: string
}

/** Under `interval`, how often the demo syncs: several times within a life. */
const SYNC_EVERY_MS = 20

const ENGINE = fileURLToPath(new URL('../ringwal.js', import.meta.url))
const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href

/** What a log larger than the demo's asks for. */
export interface EngineSizes {
  readonly segmentBytes: number
  /** How long it may take to recover. */
  readonly readyMsMax: number
}

/** A minute is longer than any recovery of a demo's log takes, even on a very slow disk. */
const DEMO_SIZES: EngineSizes = { segmentBytes: 1 << 20, readyMsMax: 60_000 }

/** One life of `ringwal engine`. */
export class EngineProcess {
  private readonly child: ChildProcess
  private readonly ended: Promise<void>
  private readonly readyMsMax: number

  /** @param signal kills it, for when nobody waits for it any more */
  constructor(dir: string, policy: SyncPolicy, signal: AbortSignal, sizes: EngineSizes = DEMO_SIZES) {
    this.readyMsMax = sizes.readyMsMax
    const sync = policy === 'interval' ? ['--sync-ms', String(SYNC_EVERY_MS)] : []
    const args = ['engine', dir, '--sync', policy, ...sync, '--segment-bytes', String(sizes.segmentBytes)]
    const stdio: StdioOptions = ['pipe', 'pipe', 'inherit']
    const options = { stdio, signal, killSignal: 'SIGKILL' } as const
    this.child = spawn(process.execPath, ['--import', END_WITH_PARENT, ENGINE, ...args], options)
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', () => resolve())
    })
    // Awaited in its turn; until then a failure is not unhandled.
    this.ended.catch(() => {})
  }

  /** Waits until it has recovered, and can be reached. @throws if it ends before that, or takes longer than it may */
  async ready(): Promise<EngineReady> {
    const lines = createInterface({ input: this.child.stdout! })
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        lines.once('line', (line) => resolve(JSON.parse(line) as EngineReady))
        this.ended.then(() => reject(this.failure(`ended with ${this.end} before it was ready`)), reject)
        const late = `was not ready within ${this.readyMsMax / 1000} s`
        timer = setTimeout(() => reject(this.failure(late)), this.readyMsMax)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Kills it, and waits until it is dead. @throws if it had ended by itself */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
    if (this.child.signalCode !== 'SIGKILL') throw this.failure(`ended by itself: ${this.end}`)
  }

  /** Has it end in order. @throws if it fails */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    await this.ended
    if (this.child.exitCode !== 0) throw this.failure(`ended with ${this.end}`)
  }

  /** Kills it, if it still runs, and waits until it is dead, whatever it has come to. */
  async abandon(): Promise<void> {
    const { pid, exitCode, signalCode } = this.child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGKILL')
    await gone
  }

  private failure(what: string): RingwalError {
    return new RingwalError('ERR_RINGWAL_INTERNAL', `the engine ${what}`)
  }

  private get end(): string {
    return this.child.signalCode ?? `exit code ${this.child.exitCode}`
  }
}
