import { integerOption } from '../errors.ts'
import { readPositions } from '../retention/outside-positions.ts'
import { checkPositionName, type Position } from '../retention/position-files.ts'
import { Appender } from './appender.ts'
import { publish, publishRetired } from './channels.ts'
import type { CheckpointReport } from './checkpoint-keeper.ts'
import { type CheckpointOptions, requireSnapshot, resolveCheckpoint, type Snapshot } from './checkpoint-options.ts'
import { type Hold, Holds } from './holds.ts'
import type { OpenLog } from './open-log.ts'
import type { RecoveryReport } from './recovery-report.ts'
import type { TruncateReport } from './segment-retirer.ts'
import { storeCheckpoint } from './store-checkpoint.ts'
import type { LogThreads } from './threads.ts'

/** What storing a checkpoint came to; `truncated` is null if nothing was to be retired. */
export interface CheckpointResult extends CheckpointReport {
  readonly truncated: TruncateReport | null
}

/** Who waits for nothing needs nothing to stay alive. */
const NO_THREADS = { ref(): void {}, unref(): void {} }

/** An open log, as to what is kept of it, for whom, and what takes the place of what is not. */
export class KeptLog extends Appender {
  /** The log's directory, absolute. */
  readonly dir: string
  /** Undefined for a log that takes no records. */
  protected threads: LogThreads | undefined
  protected report: RecoveryReport
  protected readonly holds: Holds
  /** The latest of the checkpoints, which are stored in turn. */
  private checkpointing: Promise<unknown> = Promise.resolve()

  protected constructor({
    dir,
    control,
    producer,
    settings,
    threads,
    report,
    lastLsn,
  }: OpenLog & { readonly dir: string }) {
    super(control, producer, settings, threads?.writer ?? NO_THREADS)
    this.dir = dir
    this.lastLsn = lastLsn
    this.threads = threads
    this.report = report
    this.holds = new Holds(control)
  }

  /** Of the writer: one more at each opening for writing. */
  get epoch(): number {
    return this.report.epoch
  }

  /** First LSN of the log, as far as this thread knows; 1 for one that has none yet. */
  protected get firstLsn(): number {
    return Math.max(1, this.report.firstLsn, this.control.needs.leftLsn)
  }

  /** Goes over to threads that were started anew. */
  protected goOver({ control, producer, settings, threads, report }: OpenLog): void {
    this.threads = threads
    this.report = report
    this.connect(control, producer, settings, threads?.writer ?? NO_THREADS)
    this.holds.connect(control)
  }

  /**
   * Retires what nobody needs any more, as after a checkpoint: takes whole segments out of the log, oldest first, all of whose
   * records are below `lsn`; never the last, nor one behind which nothing is durable yet. The records from `lsn` on stay, and
   * most often some before it: `firstLsn` of the report tells. Files of retired segments are used again for new ones, up to
   * `spareSegments` of them; the others are removed. All in the background: no append waits for it. What a hold, a named position or
   * the archive still needs stays: `heldBy` of the report tells.
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
    publishRetired(this.dir, report)
    return report
  }

  /**
   * Keeps the records from `lsn` on, from when it returns until it is released: whatever retires segments of this log leaves them.
   * @param lsn 1 to 2^53 - 1
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_RETIRED if some of them are gone, or about to go (fact `firstLsn`); ERR_RINGWAL_CLOSED;
   *   ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY; ERR_RINGWAL_OBSERVING
   */
  hold(lsn: number): Hold {
    this.refuseIfEnded()
    return this.holds.take(lsn, this.firstLsn)
  }

  /**
   * Sets how far a consumer has come; durable when it resolves. From then on nothing above `lsn` is retired, whether this log is
   * open or not, until the position is moved or dropped. A consumer in another process calls `setPosition(dir, name, lsn)`.
   * @param name 1 to 64 of a-z, 0-9, - and _, the first a letter or digit
   * @param lsn the last LSN that the consumer no longer needs: 0 to `durableLsn`
   * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_RETIRED if records above `lsn` are gone already (fact `firstLsn`); ERR_RINGWAL_IO, after which
   *   the log goes on; ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY; ERR_RINGWAL_OBSERVING
   */
  async setPosition(name: string, lsn: number): Promise<void> {
    this.refuseIfEnded()
    integerOption('lsn', lsn, 0, this.durableLsn)
    await this.threads!.position({ do: 'set', name: checkPositionName(name), lsn })
  }

  /** Forgets a consumer. @returns whether there was one. @throws as `setPosition` does */
  async dropPosition(name: string): Promise<boolean> {
    this.refuseIfEnded()
    return this.threads!.position({ do: 'drop', name: checkPositionName(name) })
  }

  /** The positions of consumers, by name, as they stand on the disk. @throws ERR_RINGWAL_IO */
  positions(): Promise<Position[]> {
    return readPositions(this.dir)
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
}
