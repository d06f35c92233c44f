import { RingwalError } from '../errors.ts'
import type { SegmentSurvey } from '../read/segment-survey.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import type { ChunkTask } from '../verify/survey-plan.ts'
import type { CheckedChunk } from './check-chunk.ts'
import { type RemoteSession, within } from './remote-session.ts'
import type { GivenState } from './shard-states.ts'
import { ownerOf } from './shards.ts'
import type { ThreadBoard } from './thread-board.ts'

/** Where the frames of a chunk come from. */
export interface FrameOrigin {
  readonly segment: string
  readonly useBigInt64: boolean
  /** LSN from which on nothing is to be applied. */
  readonly ceiling: number
}

/** To decode and apply a byte takes about so many times as long as to check it. */
const APPLY_WEIGHT = 8
/** How long a thread may take to leave what it is at, in milliseconds, before it is ended. */
const GRACE_MS = 5000

/** The threads of a replay: deals out work, and knows what is under way and what has failed. */
export class SessionGroup {
  /** Records applied, and the highest LSN of them; 0 for none. */
  records = 0
  appliedLsn = 0
  /** The most bytes of frames that were between being checked and being applied. */
  bytesInFlightMax = 0
  private bytesInFlight = 0
  private readonly sessions: readonly RemoteSession[]
  private readonly board: ThreadBoard
  private readonly unapplied = new Set<Promise<void>>()
  private readonly failures: unknown[] = []
  private aborted: RingwalError | undefined

  constructor(sessions: readonly RemoteSession[], board: ThreadBoard) {
    this.sessions = sessions
    this.board = board
  }

  /** Chunks whose frames were handed out and are not all applied yet. */
  get chunksUnapplied(): number {
    return this.unapplied.size
  }

  /** Has a chunk checked by the thread that has the least to do. */
  async check(task: ChunkTask, end: number): Promise<CheckedChunk> {
    const from = typeof task.from === 'number' ? task.from : (task.from?.offset ?? 0)
    const bytes = (task.until ?? task.segment.end) - from
    const checked = await this.idlest().ask('check', { task, end }, Math.max(bytes, 1))
    this.bytesInFlight += bytesOf(checked)
    this.bytesInFlightMax = Math.max(this.bytesInFlightMax, this.bytesInFlight)
    return checked
  }

  survey(segment: StoredSegment): Promise<SegmentSurvey> {
    return this.idlest().ask('survey', { segment }, segment.end)
  }

  private idlest(): RemoteSession {
    return this.sessions.reduce((best, one) => (one.load < best.load ? one : best))
  }

  /** Forgets a chunk that does not count. */
  drop(checked: CheckedChunk): void {
    this.bytesInFlight -= bytesOf(checked)
  }

  /**
   * Hands a chunk's frames to the threads whose records they are. A failure shows at the next call of `throwIfFailed`.
   * @param onApplied called when all of them are applied
   */
  apply(checked: CheckedChunk, origin: FrameOrigin, onApplied: () => void): void {
    // While they are in another thread's hands, their buffers have no length here.
    const bytes = bytesOf(checked)
    const applied = checked.frames.map(({ owner, buffer, used }) =>
      this.sessions[owner]!.ask('apply', { ...origin, buffer, used }, APPLY_WEIGHT * used, [buffer]).then(
        ({ records, lastLsn }) => {
          this.records += records
          this.appliedLsn = Math.max(this.appliedLsn, lastLsn)
        },
      ),
    )
    const all: Promise<void> = Promise.allSettled(applied).then((results) => {
      this.bytesInFlight -= bytes
      this.unapplied.delete(all)
      const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      this.failures.push(...failed)
      if (failed.length > 0) return
      try {
        onApplied()
      } catch (error) {
        this.failures.push(error)
      }
    })
    this.unapplied.add(all)
  }

  /** Waits until fewer than so many chunks are unapplied. */
  async room(limit: number): Promise<void> {
    while (this.unapplied.size >= limit) {
      await Promise.race(this.unapplied)
      this.throwIfFailed()
    }
  }

  throwIfFailed(): void {
    if (this.failures.length > 0) throw this.failures[0]
  }

  /** Gives up at once: all that is under way fails with this error. */
  abort(error: RingwalError): void {
    this.aborted = error
    this.board.abort()
    for (const session of this.sessions) session.abandon(error)
  }

  /**
   * The error to be told: of all that are known once the chunks under way are applied, that with the lowest LSN. As chunks
   * are applied in their order, it is the first of the log.
   */
  async firstFailure(error: unknown): Promise<unknown> {
    if (this.aborted !== undefined) return this.aborted
    await within(Promise.all(this.unapplied), GRACE_MS)
    if (this.aborted !== undefined) return this.aborted
    return [error, ...this.failures].reduce((first, one) => (lsnOf(one) < lsnOf(first) ? one : first))
  }

  /** The states of so many shards, when all is applied. */
  async states(shards: number, owners: number): Promise<GivenState[]> {
    await this.room(1)
    this.throwIfFailed()
    const given = Array.from({ length: shards }, (_, shard) =>
      this.sessions[ownerOf(shard, owners)]!.ask('give', { shard }, 1),
    )
    return Promise.all(given)
  }

  /** Lets every thread end by itself. */
  async stop(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.stop(GRACE_MS)))
  }
}

function bytesOf({ frames }: CheckedChunk): number {
  return frames.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
}

/** The LSN that an error is about; of one that names none, none is lower. */
function lsnOf(error: unknown): number {
  if (!(error instanceof RingwalError)) return Number.POSITIVE_INFINITY
  const { lsn, lostFrom } = error.facts as { lsn?: number; lostFrom?: number }
  return lsn || lostFrom || Number.POSITIVE_INFINITY
}
