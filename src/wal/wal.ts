import { resolve } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { integerOption, RingwalError } from '../errors.ts'
import type { Entry } from '../read/entry.ts'
import type { ReadOptions } from '../read/read-options.ts'
import { readWal } from '../read/read-wal.ts'
import { type DirectoryLock, lockDirectory } from '../storage/directory-lock.ts'
import { refuseInterruptedRepair } from '../storage/interrupted-repair.ts'
import { makeDirectories } from '../storage/make-directories.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import { announceOpening } from './announce.ts'
import { Appender } from './appender.ts'
import { publish } from './channels.ts'
import type { CheckpointReport } from './checkpoint-keeper.ts'
import { type CheckpointOptions, requireSnapshot, resolveCheckpoint, type Snapshot } from './checkpoint-options.ts'
import { STATE_CLOSED, STATE_CLOSING, STATE_OBSERVING, STATE_OPEN } from './control-layout.ts'
import { ExitHooks } from './exit-hooks.ts'
import { invite, takeUp } from './invitation.ts'
import { type OpenLog, openForWriting, openStill } from './open-log.ts'
import { type ResolvedOptions, type ResumeOptions, resolveOptions, resolveResume, type WalOptions } from './options.ts'
import type { RecoverMode, RecoveryReport } from './recovery-report.ts'
import type { TruncateReport } from './segment-retirer.ts'
import { errorOf, within } from './settle.ts'
import { startLog } from './start-log.ts'
import { storeCheckpoint } from './store-checkpoint.ts'
import type { LogThreads } from './threads.ts'
import { WalProducer } from './wal-producer.ts'
import { readStats, type WalStats } from './wal-stats.ts'

interface Parts extends OpenLog {
  readonly dir: string
  readonly options: ResolvedOptions
  /** Undefined for a log that is only read. */
  readonly lock: DirectoryLock | undefined
}

/** What storing a checkpoint came to; `truncated` is null if nothing was to be retired. */
export interface CheckpointResult extends CheckpointReport {
  readonly truncated: TruncateReport | null
}

/** Who waits for nothing needs nothing to stay alive. */
const NO_THREADS = { ref(): void {}, unref(): void {} }

/** An open log, in the thread that opened it. See `Appender` for appending and durability. */
export class Wal extends Appender implements AsyncDisposable {
  /** The log's directory, absolute. */
  readonly dir: string
  private readonly options: ResolvedOptions
  private readonly lock: DirectoryLock | undefined
  private readonly hooks: ExitHooks
  private report: RecoveryReport
  private threads: LogThreads | undefined
  /** The latest of the checkpoints, which are stored in turn. */
  private checkpointing: Promise<unknown> = Promise.resolve()
  private resuming: Promise<RecoveryReport> | undefined
  private closing: Promise<void> | undefined

  private constructor(parts: Parts) {
    super(parts.control, parts.producer, parts.settings, parts.threads?.writer ?? NO_THREADS)
    this.lastLsn = parts.lastLsn
    this.dir = parts.dir
    this.options = parts.options
    this.lock = parts.lock
    this.report = parts.report
    this.threads = parts.threads
    this.hooks = new ExitHooks(this, parts.options)
    announceOpening(this.dir, this.report)
  }

  /**
   * Opens a log: makes the directory if need be, locks it, recovers what is there, starts the threads. With `recover:
   * 'read-only'` it does none of that, and with `observe` perhaps only the first two; see `WalOptions`.
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_LOCKED; ERR_RINGWAL_DAMAGED; ERR_RINGWAL_SEGMENTS; ERR_RINGWAL_FORMAT;
   *   ERR_RINGWAL_IO; under `read-only` ERR_RINGWAL_NOT_FOUND
   */
  static async open(options: WalOptions): Promise<Wal> {
    const resolved = resolveOptions(options)
    const { recover } = resolved
    const dir = resolve(resolved.dir)
    if (recover === 'read-only')
      return new Wal({ ...(await openStill(dir, resolved)), dir, options: resolved, lock: undefined })
    refuseInterruptedRepair(nodeFileSystem, dir)
    makeDirectories(nodeFileSystem, dir)
    const lock = await lockDirectory(dir)
    try {
      return new Wal({ ...(await openForWriting(dir, resolved, recover)), dir, options: resolved, lock })
    } catch (error) {
      await errorOf(lock.release())
      throw error
    }
  }

  /** What opening it found and did; after `resume`, what that did. */
  get recovery(): RecoveryReport {
    return this.report
  }

  /**
   * Ends the observation: recovers the log as opening does and lets it take records. Does nothing for a log that takes them
   * already. What `recover` would refuse to open it refuses too, and the log stays under observation; what can only be
   * repaired is repaired with the log closed, as repair needs its lock.
   * @returns what recovery found and did: from then on `wal.recovery`
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_DAMAGED; ERR_RINGWAL_SEGMENTS; ERR_RINGWAL_IO; ERR_RINGWAL_READ_ONLY;
   *   ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED
   */
  async resume(options: ResumeOptions = {}): Promise<RecoveryReport> {
    if (this.control.state !== STATE_OBSERVING) {
      this.refuseIfEnded()
      return this.report
    }
    const recover = resolveResume(options, this.options)
    this.resuming ??= this.goLive(recover).finally(() => {
      this.resuming = undefined
    })
    return this.resuming
  }

  /** Reads this log, as `readWal` does; works in every mode. */
  read(options: ReadOptions = {}): AsyncIterableIterator<Entry> {
    return readWal(this.dir, options)
  }

  /**
   * Takes up, in another worker thread, the port that `producer()` returned.
   * @throws ERR_RINGWAL_INPUT if the port is no such port, or was taken up before
   */
  static attach(port: MessagePort): WalProducer {
    return new WalProducer(takeUp(port), port)
  }

  /**
   * A place for one more thread that appends: transfer the port to a worker (in `transferList`), and call `Wal.attach`
   * there. It is given back when that thread detaches or ends, however it ends. From the first call on, appends of this
   * thread pay for a compare-and-swap.
   * @throws ERR_RINGWAL_THREADS when 63 threads are attached
   */
  producer(): MessagePort {
    this.refuseIfEnded()
    const threads = this.threads!
    this.ringProducer.share()
    const { owner, port, lease } = invite(this.control.ring, this.settings)
    threads.watch(owner, lease)
    return port
  }

  /**
   * Retires what nobody needs any more, as after a checkpoint: takes whole segments out of the log, oldest first, all of whose
   * records are below `lsn`; never the last, nor one behind which nothing is durable yet. The records from `lsn` on stay, and
   * most often some before it: `firstLsn` of the report tells. Files of retired segments are used again for new ones, up to
   * `spareSegments` of them; the others are removed. All in the background: no append waits for it.
   *
   * When it resolves, what was retired is gone for good, also after a crash. After an error, part of it may be. A reader
   * that is in a segment when it is retired ends with ERR_RINGWAL_RETIRED.
   * @param lsn 0 to `durableLsn` + 1: make sure first that what is to take the records' place is itself durable
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY; ERR_RINGWAL_OBSERVING;
   *   ERR_RINGWAL_IO, ERR_RINGWAL_SEGMENTS or ERR_RINGWAL_TAMPERED for what stands in the way of retiring a segment; the log
   *   goes on, unless the directory could not be synced, which poisons it
   */
  async truncateBefore(lsn: number): Promise<TruncateReport> {
    this.refuseIfEnded()
    integerOption('lsn', lsn, 0, this.durableLsn + 1)
    const report = await this.threads!.truncateBefore(lsn)
    const { segments, bytes, firstLsn } = report
    if (segments > 0) publish('ringwal:retired', () => ({ dir: this.dir, segments, bytes, firstLsn }))
    return report
  }

  /**
   * Stores a snapshot of what all records up to `lsn` came to, in a file beside the segments: a replay begins with it then.
   * Everything up to `lsn` is made durable first, then the snapshot; only then is anything removed, as the options say. The
   * steward writes it, between its other work; the engine's thread copies it, 1 MiB at a time. One after the other: a call waits
   * for those before it.
   * @param lsn 0 to `lastLsn`, or to `durableLsn` where other threads append too
   * @param snapshot what a reducer's `snapshot` gave, or a stream of bytes; what is changed while it is stored is undefined
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_INPUT if a checkpoint of another label stands at this LSN; ERR_RINGWAL_IO, after which
   *   the log goes on; ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY; ERR_RINGWAL_OBSERVING; what the stream
   *   throws; and with `truncate` as `truncateBefore` does, with the checkpoint stored
   */
  async checkpoint(lsn: number, snapshot: Snapshot, options: CheckpointOptions = {}): Promise<CheckpointResult> {
    this.refuseIfEnded()
    const { label, keep, truncate } = resolveCheckpoint(options)
    integerOption('lsn', lsn, 0, Math.max(this.lastLsn, this.durableLsn))
    requireSnapshot(snapshot)
    const turn = this.checkpointing.then(async () => {
      if (this.durableLsn < lsn) await this.flush()
      this.refuseIfEnded()
      return storeCheckpoint(this.threads!, lsn, label, keep, snapshot)
    })
    this.checkpointing = turn.catch(() => {})
    const report = await turn
    const { bytes, removed } = report
    publish('ringwal:checkpoint', () => ({ dir: this.dir, lsn, label, bytes, removed }))
    return { ...report, truncated: truncate ? await this.truncateBefore(report.neededLsn + 1) : null }
  }

  stats(): WalStats {
    return readStats(
      this.control,
      this.ringProducer,
      this.lastLsn,
      this.options.segmentBytes,
      this.threads !== undefined,
    )
  }

  /**
   * Refuses further records, writes and syncs all that was accepted, seals the last segment, ends the threads and gives
   * the lock back. Calls after the first return the same promise.
   * @param timeoutMs how long to wait for a slow disk; after it ERR_RINGWAL_TIMEOUT, with the closing still going on
   * @throws ERR_RINGWAL_POISONED if the log was, or became, poisoned; its threads and lock are given back all the same
   */
  close(timeoutMs: number = 2 ** 31 - 1): Promise<void> {
    this.closing ??= this.shutDown()
    return within(this.closing, timeoutMs)
  }

  /**
   * Writes, syncs and seals what was accepted, blocking this thread: for the `exit` hook, where nothing asynchronous runs
   * any more. The threads and the lock end with the process.
   * @throws ERR_RINGWAL_TIMEOUT; ERR_RINGWAL_POISONED
   */
  closeBlocking(timeoutMs: number): void {
    this.beginClosing()
    this.waits.waitClosed(timeoutMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private beginClosing(): void {
    const { control } = this
    control.ring.close(STATE_CLOSED)
    if (this.threads === undefined) {
      control.moveState(control.state, STATE_CLOSED)
    } else {
      control.moveState(STATE_OPEN, STATE_CLOSING)
      control.ring.wakeConsumer()
    }
  }

  private async shutDown(): Promise<void> {
    this.beginClosing()
    // What it has started by then, it closes itself.
    await this.resuming?.catch(() => {})
    await this.threads?.end()
    this.hooks.remove()
    const unreleased = await errorOf(this.lock?.release())
    const isClosed = this.control.state === STATE_CLOSED
    const error = isClosed ? unreleased : (this.control.failure ?? writerVanished(this.durableLsn))
    publish('ringwal:closed', () => ({ dir: this.dir, error }))
    if (error !== undefined) throw error
  }

  private async goLive(recover: RecoverMode): Promise<RecoveryReport> {
    const { threads, report, control, producer, settings } = await startLog(this.dir, this.options, recover)
    this.threads = threads
    this.report = report
    this.connect(control, producer, settings, threads.writer)
    announceOpening(this.dir, report)
    if (this.closing !== undefined) this.beginClosing()
    return report
  }
}

function writerVanished(durableLsn: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_WRITER_DIED', 'the writer thread ended without closing the log', { durableLsn })
}
