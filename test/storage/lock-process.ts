import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { ErrorRecord } from '../../src/errors.ts'
import type { LockHolder } from '../../src/storage/lock-holder.ts'

/** What an opener elsewhere reports: one of the two. */
export interface Outcome {
  readonly holder?: LockHolder
  readonly error?: ErrorRecord
}

/** Another process that locks on command (`lock-child.ts`). */
export class LockProcess {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>

  /** @param launcher a command and its arguments to start it by, such as `unshare` */
  constructor(launcher: readonly string[] = []) {
    const script = fileURLToPath(new URL('./lock-child.js', import.meta.url))
    const [command = '', ...rest] = [...launcher, process.execPath, script]
    this.#child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
    onTestFinished(() => this.kill())
  }

  lock(dir: string): Promise<Outcome> {
    return this.#ask(`lock ${dir}`)
  }

  release(): Promise<Outcome> {
    return this.#ask('release')
  }

  /** Takes the lock file alone, at a moment of the wall clock, so that several can meet. */
  takeFile(dir: string, at: number): Promise<Outcome> {
    return this.#ask(`file ${dir} ${at}`)
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  async #ask(command: string): Promise<Outcome> {
    this.#child.stdin!.write(`${command}\n`)
    const answer = await this.#answers.next()
    if (answer.done) throw new Error(`the process ended instead of answering "${command}"`)
    return JSON.parse(answer.value) as Outcome
  }
}
