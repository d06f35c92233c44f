import type { Worker } from 'node:worker_threads'
import type { ArchiveEvent } from '../archivist/archive-events.ts'
import { ArchiveLedger, type ArchiveStats } from '../archivist/archive-ledger.ts'
import { type ErrorRecord, errorFromRecord, RingwalError } from '../errors.ts'
import { publish } from './channels.ts'
import type { ArchivistInit, ArchivistMessage, ArchivistOrder } from './protocol.ts'
import { startWorker } from './start-worker.ts'

/** What a thread gets on top of the time that its last run may take: to hear of it, and to end. */
const GRACE_MS = 1000
const RESTART_MS = 1000
const RESTART_MAX_MS = 60_000

/** The archivist of an open log, as the thread that opened it sees it. The log outlives it: one that dies is started anew. */
export class ArchiveThread {
  private readonly init: ArchivistInit
  private readonly onWarning: (error: Error) => void
  private readonly ledger = new ArchiveLedger()
  private worker: Worker | undefined
  private restart: NodeJS.Timeout | undefined
  /** In a row, without a run that ended well between them. */
  private deaths = 0
  private isEnding = false

  constructor(init: ArchivistInit, onWarning: (error: Error) => void) {
    this.init = init
    this.onWarning = onWarning
    this.start()
  }

  stats(durableLsn: number): ArchiveStats {
    return this.ledger.stats(durableLsn)
  }

  /** Has what is durable archived once more, as long as that may take, and ends the thread. What fails is told, and not thrown. */
  async end(): Promise<void> {
    this.isEnding = true
    clearTimeout(this.restart)
    const { worker, init } = this
    if (worker === undefined) return
    const { closeMs } = init.archive
    worker.ref()
    worker.postMessage({ kind: 'end', limitMs: closeMs } satisfies ArchivistOrder)
    if (await exitsWithin(worker, closeMs + GRACE_MS)) return
    this.abandon()
    const message = `the archivist thread did not end within ${closeMs + GRACE_MS} ms`
    const error = { code: 'ERR_RINGWAL_TIMEOUT', message, facts: {} } as const
    this.hear({ kind: 'failed', error, inRow: 1, retryMs: null })
  }

  /** Ends it at once. Not waited for: a thread that the system blocks does not end. */
  abandon(): void {
    this.isEnding = true
    clearTimeout(this.restart)
    this.worker?.unref()
    void this.worker?.terminate()
  }

  /** The same, and waits for it, but not for a thread that the system blocks: that may store what it is at later. */
  async stop(): Promise<void> {
    this.abandon()
    if (this.worker !== undefined) await exitsWithin(this.worker, GRACE_MS)
  }

  private start(): void {
    const worker = startWorker('archivist', this.init)
    let cause: unknown
    this.worker = worker
    worker.on('message', (event: ArchivistMessage) => this.hear(event))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      if (!this.isEnding) this.afterDeath(cause)
    })
    worker.unref()
  }

  private afterDeath(cause: unknown): void {
    this.worker = undefined
    const pauseMs = Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** this.deaths++)
    const reason = cause instanceof Error ? `: ${cause.message}` : ''
    const message = `the archivist thread died${reason}; a new one begins in ${pauseMs / 1000} s`
    const record: ErrorRecord = { code: 'ERR_RINGWAL_THREAD_DIED', message, facts: {} }
    this.ledger.noteDeath(record)
    this.tellFailure(record, this.deaths, pauseMs)
    this.restart = setTimeout(() => this.start(), pauseMs).unref()
  }

  private hear(event: ArchiveEvent): void {
    const { dir } = this.init
    this.ledger.hear(event)
    if (event.kind === 'archived') {
      this.deaths = 0
      const { kind, ...facts } = event
      if (facts.backups > 0) publish('ringwal:archived', () => ({ dir, ...facts }))
    } else if (event.kind === 'failed') {
      this.tellFailure(event.error, event.inRow, event.retryMs)
    } else if (event.kind === 'gap') {
      const { from, to } = event
      publish('ringwal:archive-gap', () => ({ dir, from, to }))
      const message = `LSN ${from} to ${to} were retired before they were archived: no backup has them`
      this.warn({ code: 'ERR_RINGWAL_RETIRED', message, facts: { from, to } })
    } else if (event.kind === 'passed-over') {
      const message = `checkpoint ${event.name} is not archived: ${event.reason}`
      this.warn({ code: 'ERR_RINGWAL_DAMAGED', message, facts: { file: event.name } })
    }
  }

  /** Each is an event; a warning is the first of a row, and the last one before the end. */
  private tellFailure(record: ErrorRecord, inRow: number, retryMs: number | null): void {
    const { dir } = this.init
    publish('ringwal:archive-failed', () => ({ dir, error: errorFromRecord(record), inRow, retryMs }))
    if (inRow === 1 || retryMs === null)
      this.warn({ ...record, message: `the archive falls behind: ${record.message}` })
  }

  private warn({ code, message, facts }: ErrorRecord): void {
    this.onWarning(new RingwalError(code, message, facts))
  }
}

/** @returns whether the thread has ended in time */
function exitsWithin(worker: Worker, ms: number): Promise<boolean> {
  if (worker.threadId === -1) return Promise.resolve(true)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
