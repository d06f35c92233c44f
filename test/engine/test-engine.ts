import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { CLI } from '../tools/cli.ts'

/** An answer of the engine. Its JSON is looked into as the tests know it. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
  readonly body: any
}

export interface EngineEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** `ringwal engine` in a process of its own. */
export class TestEngine {
  readonly url: string
  /** The line that it began with. */
  readonly ready: Readonly<Record<string, unknown>>
  private readonly child: ChildProcess
  private readonly ended: Promise<EngineEnd>

  private constructor(child: ChildProcess, ended: Promise<EngineEnd>, line: string) {
    this.child = child
    this.ended = ended
    this.ready = JSON.parse(line) as Record<string, unknown>
    this.url = this.ready['url'] as string
  }

  /** One that ends with the test. @throws what it says on stderr, if it does not come up */
  static async start(dir: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<TestEngine> {
    const engine = await TestEngine.launch(dir, args, env)
    onTestFinished(() => engine.end('SIGKILL').then(() => {}))
    return engine
  }

  /** One that somebody else ends. */
  static async launch(dir: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<TestEngine> {
    const small = args.includes('--segment-bytes') ? [] : ['--segment-bytes', '1M']
    const child = spawn(process.execPath, [CLI, 'engine', dir, ...small, ...args], { env: { ...process.env, ...env } })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }) as EngineEnd)
    const failed = ended.then(() => Promise.reject(new Error(stderr)))
    failed.catch(() => {})
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed])) as [string]
    return new TestEngine(child, ended, line)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  get(path: string): Promise<Answer> {
    return this.request(path, {})
  }

  post(path: string, value: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) })
  }

  async request(path: string, init: RequestInit): Promise<Answer> {
    const { status, headers, ...answer } = await answerTo(this.url + path, init)
    return { status, headers, body: answer.text === '' ? undefined : JSON.parse(answer.text) }
  }

  /** Sends bytes as they are, and resolves to all that comes back until the connection ends. */
  raw(...parts: readonly (string | Uint8Array)[]): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(this.port, '127.0.0.1', () => {
        for (const part of parts) socket.write(part)
      })
      socket.setEncoding('latin1').on('data', (data: string) => {
        text += data
      })
      socket
        .on('close', () => resolve(text))
        .on('error', (error: NodeJS.ErrnoException) => {
          // What was not read of a request makes the system end the connection so.
          if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text)
          else reject(error)
        })
    })
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** Has it end in order, or by another signal, and resolves when it has. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<EngineEnd> {
    this.child.kill(signal)
    return this.ended
  }
}

async function answerTo(
  url: string,
  init: RequestInit,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** An order event that says all that has no default. */
export function order(id: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { account_id: 'a-1', instrument_id: 'rb2605', client_order_id: id, side: 'buy', total_volume: 10, ...more }
}

/** A fill of an order of 10. */
export function fill(
  id: string,
  filled: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return order(id, { status: filled === 10 ? 3 : 2, filled_volume: filled, avg_fill_price: '3500.5', ...more })
}
