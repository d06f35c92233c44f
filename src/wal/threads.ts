import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { type ErrorRecord, errorFromRecord, RingwalError } from '../errors.ts'
import { Answers } from './answers.ts'
import { publish } from './channels.ts'
import type { CheckpointReport, CheckpointStep } from './checkpoint-keeper.ts'
import type { ResolvedOptions } from './options.ts'
import type { ExaminerInit, StewardInit, StewardMessage, StewardOrder, WriterInit, WriterMessage } from './protocol.ts'
import type { RecoverMode } from './recovery-report.ts'
import type { TruncateReport } from './segment-retirer.ts'

type Opened = Extract<WriterMessage, { kind: 'open' }>

export const STEWARD_DIED: ErrorRecord = {
  code: 'ERR_RINGWAL_WRITER_DIED',
  message: "the log's steward thread died; reopen the log",
  facts: {},
}

/** The two threads of an open log, as the thread that opened it sees them. */
export class LogThreads {
  readonly writer: Worker
  /** Undefined until the log is open. */
  private steward: Worker | undefined
  private readonly stewardInit: StewardInit
  private readonly onWarning: (error: Error) => void
  /** The writer's other end of it closes when that thread ends. */
  private readonly lifeline: MessagePort
  private readonly answers: Answers<TruncateReport | CheckpointReport | undefined>
  private isWriterGone = false
  private isEnding = false

  constructor(dir: string, options: ResolvedOptions, recover: RecoverMode) {
    const { port1, port2 } = new MessageChannel()
    const writerInit: WriterInit = {
      dir,
      policy: options.policy,
      everyMs: options.everyMs,
      segmentBytes: options.segmentBytes,
      ringBytes: options.ringBytes,
      recover,
      verifyBytes: options.verifyBytes,
      useBigInt64: options.useBigInt64,
      lifeline: port1,
    }
    const { segmentBytes, spareSegments } = options
    this.stewardInit = { dir, segmentBytes, spareSegments }
    this.onWarning = (error) => {
      publish('ringwal:warning', () => ({ dir, error }))
      options.onWarning(error)
    }
    this.writer = startWorker('writer', writerInit, [port1])
    this.lifeline = port2
    this.lifeline.on('close', () => {
      this.isWriterGone = true
    })
    this.answers = new Answers({
      ref: () => this.steward?.ref(),
      unref: () => {
        if (!this.isEnding) this.steward?.unref()
      },
    })
  }

  /**
   * Waits for the writer's recovery and starts the steward: not before, as two threads that load their code at once take
   * longer than one.
   * @param onStewardDeath called if the steward ends before it was told to: then nobody watches over the other threads.
   * @throws what recovery throws
   */
  async begin(onStewardDeath: () => void): Promise<Opened> {
    const message = await firstMessage<WriterMessage>(this.writer)
    if (message.kind === 'failed') throw errorFromRecord(message.error)
    if (this.isWriterGone) throw threadDied()
    const { memory, nextSegment, logId } = message
    this.writer.on('error', (error) => this.onWarning(error as Error))
    const steward = startWorker('steward', this.stewardInit)
    this.steward = steward
    steward.on('message', (message: StewardMessage) => this.hear(message))
    steward.on('error', (error) => this.onWarning(error as Error))
    steward.on('exit', () => {
      if (!this.isEnding) onStewardDeath()
      this.answers.rejectAll(this.isEnding ? closed() : errorFromRecord(STEWARD_DIED))
    })
    this.order({ kind: 'begin', memory, nextSegment, logId, lifeline: this.lifeline }, [this.lifeline])
    this.writer.unref()
    steward.unref()
    return message
  }

  /** Has the steward watch the other end of `port`, for `owner`. */
  watch(owner: number, port: MessagePort): void {
    this.order({ kind: 'watch', owner, port }, [port])
  }

  /** Has the steward retire what is below `lsn`. @throws as `SegmentRetirer.truncateBefore` does, and if the log ends meanwhile */
  truncateBefore(lsn: number): Promise<TruncateReport> {
    return this.answers.await((id) => this.order({ kind: 'truncate', id, lsn })) as Promise<TruncateReport>
  }

  /** Has the steward do one step of a checkpoint. @throws as `CheckpointKeeper.take` does, and if the log ends meanwhile */
  checkpoint(step: CheckpointStep): Promise<CheckpointReport | undefined> {
    const moved = step.do === 'write' ? [step.piece.buffer as ArrayBuffer] : []
    const answer = this.answers.await((id) => this.order({ kind: 'checkpoint', id, step }, moved))
    return answer as Promise<CheckpointReport | undefined>
  }

  /** Waits until both threads have ended by themselves: the writer first, then the steward, which clears up after it. */
  async end(): Promise<void> {
    this.writer.ref()
    await exitOf(this.writer)
    this.isEnding = true
    const steward = this.steward!
    steward.ref()
    const ended = exitOf(steward)
    this.order({ kind: 'end' })
    await ended
  }

  /** Ends both at once: for a log that did not open. */
  async abandon(): Promise<void> {
    this.isEnding = true
    await Promise.all([this.writer.terminate(), this.steward?.terminate()])
  }

  private hear(message: StewardMessage): void {
    if (message.kind === 'warning') this.onWarning(errorFromRecord(message.error))
    else if (message.kind === 'answered') this.answers.resolve(message.id, message.answer)
    else if (message.kind === 'refused') this.answers.reject(message.id, errorFromRecord(message.error))
  }

  private order(order: StewardOrder, transfer: (MessagePort | ArrayBuffer)[] = []): void {
    this.steward!.postMessage(order, transfer)
  }
}

export function startWorker(
  name: 'writer' | 'steward' | 'examiner',
  workerData: WriterInit | StewardInit | ExaminerInit,
  transferList: MessagePort[] = [],
): Worker {
  const file = new URL(`../../workers/${name}.js`, import.meta.url)
  return new Worker(file, { workerData, transferList, name: `ringwal-${name}`, execArgv: [] })
}

/** @throws ERR_RINGWAL_WRITER_DIED if the thread ends without a word */
export function firstMessage<Message>(worker: Worker): Promise<Message> {
  return new Promise((resolve, reject) => {
    const died = (cause: unknown): void => reject(threadDied(cause))
    worker.once('message', resolve)
    worker.once('error', died)
    worker.once('exit', died)
  })
}

function closed(): RingwalError {
  return new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
}

function threadDied(cause?: unknown): RingwalError {
  const message = 'the thread that was to open the log ended before it was open'
  return new RingwalError('ERR_RINGWAL_WRITER_DIED', message, {}, cause)
}

/** Also of one that ends by an error, which whoever listens for errors is told. */
async function exitOf(worker: Worker): Promise<void> {
  if (worker.threadId !== -1) await new Promise((resolve) => worker.once('exit', resolve))
}
