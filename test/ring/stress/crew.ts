import { Worker } from 'node:worker_threads'

/** Worker threads of this folder: the first error of any of them ends the wait for all. */
export class Crew {
  private readonly workers = new Set<Worker>()
  private fail: (error: Error) => void = () => {}
  private readonly failure: Promise<never>

  constructor(timeoutMs: number, what: string) {
    this.failure = new Promise((_, reject) => {
      this.fail = reject
    })
    this.failure.catch(() => {})
    setTimeout(() => this.fail(new Error(`${what}: not done after ${timeoutMs} ms`)), timeoutMs).unref()
  }

  /** Starts the thread `name` of this folder. */
  start(name: string, workerData: object): Worker {
    const worker = new Worker(new URL(`./${name}.js`, import.meta.url), { workerData })
    this.workers.add(worker)
    worker.on('error', (error) => this.fail(error as Error))
    worker.on('exit', () => this.workers.delete(worker))
    return worker
  }

  /** Resolves as `promise` does; rejects if a thread of the crew fails first, or the time is over. */
  during<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.failure])
  }

  async dismiss(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.terminate()))
  }
}

export function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once('exit', () => resolve()))
}

export function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve) => worker.once('message', (value: T) => resolve(value)))
}
