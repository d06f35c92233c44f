import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A process that has a log open, and writes to it when it is told to. */
export interface Application {
  /** Resolves when the orders are durable. */
  append(orders: number): Promise<void>
  /** Stops it where it is; it takes no signal then but that of `kill`. */
  hold(): void
  kill(): Promise<void>
}

const PROGRAM = `
const { Wal } = await import(${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)})
const wal = await Wal.open({ dir: process.argv[1], segmentBytes: 65536, sync: { policy: 'always' } })
let id = 2400
for await (const line of (await import('node:readline')).createInterface({ input: process.stdin })) {
  for (let i = 0; i < Number(line); i++) await wal.appendDurable({ kind: 'order', id: 'c-' + ++id, side: 'buy', price: 58000, size: 1 })
  console.log('durable')
}
`

/** Starts it, with its pid in `app.pid`, and has it write its first orders. */
export async function startApplication(home: string, dir: string, first: number): Promise<Application> {
  const args = ['--input-type=module', '-e', PROGRAM, dir]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  writeFileSync(join(home, 'app.pid'), `${child.pid}\n`)
  const application: Application = {
    async append(orders) {
      child.stdin.write(`${orders}\n`)
      if ((await answers.next()).value !== 'durable') throw new Error('the application ended')
    },
    hold: () => void child.kill('SIGSTOP'),
    kill: () => kill(child),
  }
  await application.append(first)
  return application
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
