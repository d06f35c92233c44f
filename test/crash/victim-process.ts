import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LINE_END, REPORT_PIPE, type VictimOrder } from './crash-protocol.ts'

/** What a producer was told: so many records of its life are durable, the last of them under this LSN. */
export interface Acknowledgement {
  readonly producer: number
  readonly count: number
  readonly lsn: number
}

/** A process that appends until it is killed, as its killer sees it. */
export class VictimProcess {
  readonly acknowledgements: Acknowledgement[] = []
  /** What it found when it opened the log; undefined if it died before. */
  opened: { readonly lastLsn: number; readonly ms: number } | undefined
  /** What went wrong in it, otherwise than by its death. */
  failure: string | undefined
  /** Resolves when it begins to append, fails or is dead. */
  readonly begun: Promise<void>
  /** Resolves when it is dead and all that it said is heard. */
  readonly ended: Promise<void>
  private readonly child: ChildProcess
  private begin: () => void = () => {}
  private lastReport = Number.POSITIVE_INFINITY

  /** Starts it; it waits for its order. */
  constructor(producers: number) {
    const file = fileURLToPath(new URL('./victim.js', import.meta.url))
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe', 'ipc'] as const
    this.child = spawn(process.execPath, [file, String(producers)], { stdio: [...stdio] })
    this.begun = new Promise((resolve) => {
      this.begin = resolve
    })
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()))
    this.ended.then(this.begin)
    const lines = createInterface({ input: this.child.stdio[REPORT_PIPE] as Readable })
    lines.on('line', (line) => this.hear(line))
  }

  order(order: VictimOrder): void {
    this.child.send(order)
  }

  /** Kills it the moment that it reports for the `count`th time: what it was told last is then as young as can be. */
  killAtReport(count: number): void {
    this.lastReport = count
  }

  /** Kills it, and waits until it has ended. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
    if (this.child.signalCode !== 'SIGKILL') this.failure ??= `it ended by itself with exit code ${this.child.exitCode}`
  }

  private hear(line: string): void {
    const [word, ...rest] = line.split(' ')
    if (rest.pop() !== LINE_END) return
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = rest.map(Number)
    if (word === 'ack') this.hearReport({ producer: a, count: b, lsn: c })
    else if (word === 'open') this.opened = { lastLsn: a, ms: b }
    else if (word === 'begin') this.begin()
    else if (word === 'failed') this.fail(rest.join(' '))
  }

  private hearReport(report: Acknowledgement): void {
    this.acknowledgements.push(report)
    if (this.acknowledgements.length >= this.lastReport) this.child.kill('SIGKILL')
  }

  private fail(text: string): void {
    this.failure ??= text
    this.begin()
  }
}
