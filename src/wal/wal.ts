import { resolve } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { RingwalError } from '../errors.ts'
import type { Entry } from '../read/entry.ts'
import type { ReadOptions } from '../read/read-options.ts'
import { readWal } from '../read/read-wal.ts'
import { type DirectoryLock, lockDirectory } from '../storage/directory-lock.ts'
import { refuseInterruptedRepair } from '../storage/interrupted-repair.ts'
import { makeDirectories } from '../storage/make-directories.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import type { Cut } from '../truncate/cut-copy.ts'
import type { TruncateAfterReport } from '../truncate/cut-request.ts'
import { announceOpening } from './announce.ts'
import { publish } from './channels.ts'
import { STATE_CLOSED, STATE_CLOSING, STATE_OBSERVING, STATE_OPEN } from './control-layout.ts'
import { ExitHooks } from './exit-hooks.ts'
import { invite, takeUp } from './invitation.ts'
import { KeptLog } from './kept-log.ts'
import { refuseArchived, refuseLiveCut, resolveLiveCut, type WalTruncateAfterOptions } from './live-cut.ts'
import { type OpenLog, openForWriting, openStill } from './open-log.ts'
import { type ResolvedOptions, type ResumeOptions, resolveOptions, resolveResume, type WalOptions } from './options.ts'
import type { RecoverMode, RecoveryReport } from './recovery-report.ts'
import { errorOf, within } from './settle.ts'
import { startLog } from './start-log.ts'
import { WalProducer } from './wal-producer.ts'
import { readStats, type WalStats } from './wal-stats.ts'

interface Parts extends OpenLog {
  readonly dir: string
  readonly options: ResolvedOptions
  /** Undefined for a log that is only read. */
  readonly lock: DirectoryLock | undefined
}

/** An open log, in the thread that opened it. See `Appender` for appending and durability. */
export class Wal extends KeptLog implements AsyncDisposable {
  private readonly options: ResolvedOptions
  private readonly lock: DirectoryLock | undefined
  private readonly hooks: ExitHooks
  private resuming: Promise<RecoveryReport> | undefined
  private closing: Promise<void> | undefined

  private constructor(parts: Parts) {
    super(parts)
    this.options = parts.options
    this.lock = parts.lock
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
   * Gives up all records above `lsn`, for good: what an engine does with a suffix that was never committed elsewhere, as after a failover.
   * All that was appended is flushed, the threads end, the checkpoints above `lsn` go, then the segments; the log goes on behind `lsn` with
   * a higher `epoch`. Meanwhile appends are refused with ERR_RINGWAL_CLOSED, as is for good whoever appends from another thread: give
   * it a new `producer()`. Nobody may read above `lsn` meanwhile.
   *
   * A crash leaves the log as it was, or one that ends at or above `lsn` and is cut when it is opened.
   * @param lsn the last that is to be left: from the log's first to its last
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_FENCED if the log has another epoch (fact `epoch`); ERR_RINGWAL_NEEDED if a position, a hold or
   *   the archive is above `lsn` (fact `by`); ERR_RINGWAL_INPUT if the log can not end there, within an atomic batch, and ERR_RINGWAL_DAMAGED
   *   if it is not whole: then it goes on as it was; ERR_RINGWAL_IO; ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY;
   *   ERR_RINGWAL_OBSERVING
   */
  async truncateAfter(lsn: number, options: WalTruncateAfterOptions): Promise<TruncateAfterReport> {
    this.refuseIfEnded()
    const resolved = resolveLiveCut(options)
    await this.flush()
    const positions = await this.positions()
    this.refuseIfEnded()
    const { epoch, firstLsn, durableLsn, holds } = this
    refuseLiveCut(lsn, resolved.epoch, { epoch, firstLsn, lastLsn: durableLsn, positions, highestHold: holds.highest })
    refuseArchived(lsn, resolved.archive, this.control.needs)
    const work = this.cutAt({ lsn, epoch }, resolved.archive)
    this.resuming = work
      .then(() => this.report)
      .finally(() => {
        this.resuming = undefined
      })
    this.resuming.catch(() => {})
    return { lastLsn: lsn, givenUp: (await work) - lsn }
  }

  stats(): WalStats {
    return readStats(
      this.control,
      this.ringProducer,
      this.lastLsn,
      this.options.segmentBytes,
      this.threads !== undefined,
      this.threads?.archive?.stats(this.control.durable) ?? null,
      this.threads?.retentionHeld?.by ?? null,
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

  /** @returns the last LSN that there was */
  private async cutAt(cut: Cut, archive: 'refuse' | 'diverge'): Promise<number> {
    const { control } = this
    this.beginClosing()
    // A last run of it would archive what is given up.
    await this.threads!.archive?.stop()
    await this.threads!.end()
    if (control.state !== STATE_CLOSED) throw control.failure ?? writerVanished(control.durable)
    const recover = resolveResume({}, this.options)
    try {
      // Until it stopped it may have come further.
      refuseArchived(cut.lsn, archive, control.needs)
      await this.goLive(recover, cut)
    } catch (error) {
      await this.goLive(recover)
      throw error
    }
    return control.durable
  }

  private async goLive(recover: RecoverMode, cut?: Cut): Promise<RecoveryReport> {
    const log = await startLog(this.dir, this.options, recover, { heldLsn: this.holds.lowest, ...(cut && { cut }) })
    this.goOver(log)
    announceOpening(this.dir, log.report)
    if (this.closing !== undefined) this.beginClosing()
    return log.report
  }
}

function writerVanished(durableLsn: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_WRITER_DIED', 'the writer thread ended without closing the log', { durableLsn })
}
