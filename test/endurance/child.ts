import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LINE_END } from '../crash/crash-protocol.ts'

/** A process of this folder, as the soak sees it: it hears its lines, and ends it or kills it. */
export class SoakChild {
  readonly pid: number
  /** What went wrong in it. */
  failure: string | undefined
  private readonly child: ChildProcess
  private readonly ended: Promise<unknown>

  /** @param hear is told each line, a word and its numbers */
  constructor(name: string, args: readonly string[], hear: (word: string, numbers: readonly number[]) => void) {
    const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
    this.child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.pid = this.child.pid!
    this.ended = once(this.child, 'close')
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      const [word = '', ...rest] = line.split(' ')
      if (rest.pop() !== LINE_END) return
      if (word === 'failed') this.failure ??= `${name}: ${rest.join(' ')}`
      else hear(word, rest.map(Number))
    })
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  /** Tells it to end, and waits until it has. @returns its exit code */
  async end(): Promise<number | null> {
    this.child.stdin!.end()
    await this.ended
    return this.child.exitCode
  }
}
