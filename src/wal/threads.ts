import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { type ErrorRecord, errorFromRecord, RingwalError } from '../errors.ts'
import { RingMemory } from '../ring/index.ts'
import type { Cut } from '../truncate/cut-copy.ts'
import { Answers } from './answers.ts'
import { ArchiveThread } from './archive-thread.ts'
import { publish, publishRetired } from './channels.ts'
import type { CheckpointReport, CheckpointStep } from './checkpoint-keeper.ts'
import { LogControl } from './control.ts'
import type { ResolvedOptions } from './options.ts'
import type { PositionChange } from './position-keeper.ts'
import type {
  ArchivistInit,
  StewardAnswer,
  StewardInit,
  StewardMessage,
  StewardOrder,
  WriterInit,
  WriterMessage,
} from './protocol.ts'
import type { RecoverMode } from './recovery-report.ts'
import { heldWarning, type RetentionHeld } from './retention-held.ts'
import type { TruncateReport } from './segment-retirer.ts'
import { startWorker } from './start-worker.ts'

type Opened = Extract<WriterMessage, { kind: 'open' }>

export const STEWARD_DIED: ErrorRecord = {
  code: 'ERR_RINGWAL_WRITER_DIED',
  message: "the log's steward thread died; reopen the log",
  facts: {},
}

/** What was so before the threads of a log are started. */
export interface GoingOn {
  /** The lowest LSN that is held; 0 if none is. */
  readonly heldLsn: number
  /** Where the log is to be cut. */
  readonly cut?: Cut
}

/** The threads of an open log, as the one that opened it sees them. */
export class LogThreads {
  readonly writer: Worker
  /** Undefined until the log is open. */
  private steward: Worker | undefined
  /** Undefined for a log that has no archive, and until the log is open. */
  archive: ArchiveThread | undefined
  /** The limit of retention that stays exceeded, and why; null if none does. */
  retentionHeld: RetentionHeld | null = null
  private readonly archiveInit: Omit<ArchivistInit, 'memory'> | undefined
  private readonly stewardInit: StewardInit
  private readonly onWarning: (error: Error) => void
  private readonly heldLsn: number
  /** The writer's other end of it closes when that thread ends. */
  private readonly lifeline: MessagePort
  private readonly answers: Answers<StewardAnswer>
  private isWriterGone = false
  private isEnding = false

  constructor(dir: string, options: ResolvedOptions, recover: RecoverMode, { cut, heldLsn }: GoingOn) {
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
      cut,
      lifeline: port1,
    }
    this.heldLsn = heldLsn
    const { segmentBytes, spareSegments, retention } = options
    this.stewardInit = { dir, segmentBytes, spareSegments, retention }
    this.archiveInit = options.archive && { dir, archive: options.archive }
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
    // Before the steward begins, which else could retire what is needed.
    const { needs } = new LogControl(RingMemory.attach(memory))
    needs.hasArchive = this.archiveInit !== undefined
    needs.heldLsn = this.heldLsn
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
    if (this.archiveInit !== undefined)
      this.archive = new ArchiveThread({ ...this.archiveInit, memory }, this.onWarning)
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

  /** Has the steward set or drop a consumer's position. @throws as `PositionKeeper.change` does, and if the log ends meanwhile */
  position(change: PositionChange): Promise<boolean> {
    return this.answers.await((id) => this.order({ kind: 'position', id, change })) as Promise<boolean>
  }

  /**
   * Waits until the threads have ended by themselves: the writer first, then the steward, which clears up after it, and beside it
   * the archivist, which is not waited for longer than its options say.
   */
  async end(): Promise<void> {
    this.writer.ref()
    await exitOf(this.writer)
    this.isEnding = true
    const steward = this.steward!
    steward.ref()
    const ended = exitOf(steward)
    this.order({ kind: 'end' })
    await Promise.all([ended, this.archive?.end()])
  }

  /** Ends them at once: for a log that did not open. */
  async abandon(): Promise<void> {
    this.isEnding = true
    this.archive?.abandon()
    await Promise.all([this.writer.terminate(), this.steward?.terminate()])
  }

  private hear(message: StewardMessage): void {
    if (message.kind === 'warning') this.onWarning(errorFromRecord(message.error))
    else if (message.kind === 'answered') this.answers.resolve(message.id, message.answer)
    else if (message.kind === 'refused') this.answers.reject(message.id, errorFromRecord(message.error))
    else if (message.kind === 'retired') publishRetired(this.stewardInit.dir, message.report)
    else if (message.kind === 'held') this.hearHeld(message.held)
  }

  private hearHeld(held: RetentionHeld | null): void {
    this.retentionHeld = held
    if (held === null) return
    const { limit, bytes, segments, by: neededBy, neededLsn, refusing } = held
    const facts = { dir: this.stewardInit.dir, limit, bytes, segments, neededBy, neededLsn, refusing }
    publish('ringwal:retention-held', () => facts)
    this.onWarning(heldWarning(held))
  }

  private order(order: StewardOrder, transfer: (MessagePort | ArrayBuffer)[] = []): void {
    this.steward!.postMessage(order, transfer)
  }
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
