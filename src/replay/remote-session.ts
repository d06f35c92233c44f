import { errorFromRecord, RingwalError } from '../errors.ts'
import type { PoolSession } from '../worker-pool.ts'
import type { AnswerOf, AskOf, Question, SessionReply, SessionRequest } from './session-protocol.ts'
import type { ThreadBoard } from './thread-board.ts'

interface Pending {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
  readonly weight: number
}

/** One thread of a replay, as the calling thread sees it. Every question is answered, or fails when the thread ends. */
export class RemoteSession {
  /** What it has to do yet, by the weights of the questions. */
  load = 0
  private readonly session: PoolSession
  private readonly pending = new Map<number, Pending>()
  private lastId = 0
  private failure: unknown

  constructor(session: PoolSession, thread: number, board: ThreadBoard) {
    this.session = session
    session.port.on('message', (reply: SessionReply) => this.receive(reply))
    session.ended.then(
      () => this.abandon(new RingwalError('ERR_RINGWAL_THREAD_DIED', `replay thread ${thread} has ended`, { thread })),
      (error: unknown) => this.abandon(error instanceof RingwalError ? error : deathOf(thread, board, error)),
    )
  }

  /** @param weight how much work it is, beside that of other questions */
  ask<Q extends Question>(
    kind: Q,
    ask: AskOf<Q>,
    weight: number,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<AnswerOf<Q>> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    const id = ++this.lastId
    this.load += weight
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, weight })
      this.session.port.postMessage({ kind, id, ask } as SessionRequest, transfer)
    })
  }

  private receive(reply: SessionReply): void {
    const pending = this.pending.get(reply.id)
    if (pending === undefined) return
    this.pending.delete(reply.id)
    this.load -= pending.weight
    if ('error' in reply) pending.reject(errorFromRecord(reply.error))
    else pending.resolve(reply.ok as never)
  }

  /** Fails all that is asked and not answered, or asked from now on. */
  abandon(error: unknown): void {
    this.failure ??= error
    for (const { reject } of this.pending.values()) reject(this.failure)
    this.pending.clear()
  }

  /** Lets it do what it was asked, and end; waits no longer than so many milliseconds. */
  async stop(graceMs: number): Promise<void> {
    const { port, ended } = this.session
    port.postMessage({ kind: 'stop' } satisfies SessionRequest)
    await within(
      ended.catch(() => {}),
      graceMs,
    )
    port.close()
  }
}

/** How a thread died, and at which record. */
function deathOf(thread: number, board: ThreadBoard, error: unknown): RingwalError {
  const { lsn, isApplying } = board.placeOf(thread)
  const where = isApplying ? `while it applied LSN ${lsn}` : lsn > 0 ? `behind LSN ${lsn}` : 'before its first record'
  const text = error instanceof Error ? error.message : String(error)
  const facts = { thread, ...(lsn > 0 ? { lsn } : {}) }
  return new RingwalError('ERR_RINGWAL_THREAD_DIED', `replay thread ${thread} died ${where}: ${text}`, facts, error)
}

/** Waits for a promise, but no longer than so many milliseconds. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, tooLong])
  clearTimeout(timer)
}
