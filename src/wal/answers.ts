import type { RingwalError } from '../errors.ts'
import type { KeepAlive } from './durable-waits.ts'

interface Question<T> {
  readonly resolve: (answer: T) => void
  readonly reject: (error: RingwalError) => void
}

/** What another thread was asked and has not answered yet. Keeps the process alive meanwhile. */
export class Answers<T> {
  private readonly keepAlive: KeepAlive
  private readonly questions: Map<number, Question<T>> = new Map()
  private lastId = 0

  constructor(keepAlive: KeepAlive) {
    this.keepAlive = keepAlive
  }

  /** @param ask sends the question, with the id that the answer will carry */
  await(ask: (id: number) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.lastId
      if (this.questions.size === 0) this.keepAlive.ref()
      this.questions.set(id, { resolve, reject })
      ask(id)
    })
  }

  resolve(id: number, answer: T): void {
    this.take(id)?.resolve(answer)
  }

  reject(id: number, error: RingwalError): void {
    this.take(id)?.reject(error)
  }

  /** Nobody will answer any more. */
  rejectAll(error: RingwalError): void {
    for (const id of this.questions.keys()) this.reject(id, error)
  }

  private take(id: number): Question<T> | undefined {
    const question = this.questions.get(id)
    if (this.questions.delete(id) && this.questions.size === 0) this.keepAlive.unref()
    return question
  }
}
