import { optionError, RingwalError } from '../errors.ts'
import { createReadPorts, type ReadPorts, viewLog } from '../read/log-view.ts'
import { readListing } from '../read/read-log.ts'
import { reportDamage } from '../read/segment-reader.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { defaultThreads, type SessionOpener, withSessions } from '../worker-pool.ts'
import { beginWithCheckpoint } from './begin-with-checkpoint.ts'
import { loadReducer, reducerError } from './load-reducer.ts'
import { LogWalk } from './log-walk.ts'
import type { Reducer } from './reducer.ts'
import { RemoteSession } from './remote-session.ts'
import { planReplay, type ReplayOptions, type ReplayPlan } from './replay-options.ts'
import { type ReplayReport, replayReport } from './replay-report.ts'
import { segmentsBetween } from './segment-plan.ts'
import { SessionGroup } from './session-group.ts'
import type { SessionInit } from './session-protocol.ts'
import { receiveState } from './shard-states.ts'
import { SHARDS } from './shards.ts'
import { ThreadBoard } from './thread-board.ts'

export interface ReplayResult<State> {
  readonly state: State
  readonly report: ReplayReport
}

/** Below this, starting a thread takes longer than what it would take off another. */
const SMALL_LOG_BYTES = 16 << 20
/** Chunks that are checked or waiting to be applied, for each thread: so that none waits for the calling thread. */
const CHUNKS_PER_THREAD = 3

/**
 * Rebuilds a state from the records of a log: on several threads, each of which checks, decodes and applies a part of them.
 * The records that it takes, and their order within a key, are those of `readWal` with the same bounds, so that the state is
 * that of a plain fold over them, whatever the number of threads and the size of chunks. Takes no lock and writes nothing.
 *
 * Memory is bounded by the state and 3 chunks a thread, each with the longest batch. Shards' states come back from the
 * threads by the reducer's `snapshot` and `restore`, if it has both, else by structured clone. Of a Map of 200,000 objects of
 * six fields, a clone keeps the calling thread busy for 0.42 s, bytes of JSON or MessagePack for 0.45 s, and bytes in columns
 * (the numbers as one Float64Array, words that come again by their number) for 0.11 s.
 *
 * @param path a log's directory, or one of its segment files
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_DAMAGED or ERR_RINGWAL_SEGMENTS (under `onDamage: 'stop'`);
 *   ERR_RINGWAL_REDUCER, with the `lsn` where `apply` threw; ERR_RINGWAL_INPUT for a payload that can not be decoded, with its
 *   `lsn`; ERR_RINGWAL_THREAD_DIED, with the `lsn` at which it was, if a thread runs out of memory or ends; ERR_RINGWAL_ABORTED;
 *   ERR_RINGWAL_FORMAT; ERR_RINGWAL_RETIRED; ERR_RINGWAL_IO. Where several are known, that with the lowest LSN.
 */
export async function replay<State = unknown>(path: string, options: ReplayOptions): Promise<ReplayResult<State>> {
  const plan = planReplay(options)
  const ports = await createReadPorts()
  return replayOn(ports, path, plan, (threads, use) => withSessions('replayer', threads, use))
}

/** Something that calls `use` with a way to open sessions, so many of them. */
export type SessionHost = <T>(threads: number, use: (open: SessionOpener<SessionInit>) => Promise<T>) => Promise<T>

/** The same, with sessions of a given kind. */
export async function replayOn<State>(
  ports: ReadPorts,
  path: string,
  asked: ReplayPlan,
  host: SessionHost,
): Promise<ReplayResult<State>> {
  const start = performance.now()
  if (asked.signal?.aborted) throw abortError(asked.signal, 0)
  const reducer = (await loadReducer(asked.reducer)) as Reducer<State>
  if (asked.snapshot !== undefined && reducer.restore === undefined)
    throw optionError('snapshot', asked.snapshot, 'none: the reducer has no restore')
  const listing = viewLog(ports, path)
  const beginning = await beginWithCheckpoint(ports, path, asked, reducer as Reducer, listing)
  const { plan } = beginning
  const stopping = { ...plan.read, onDamage: 'stop' } as const
  if (plan.onDamage === 'stop') readListing(ports, { ...listing, segments: [] }, stopping).next()
  const segments = segmentsBetween(listing, plan.read.from, plan.read.to)
  const workers = plan.workers ?? threadsFor(segments)
  const { states, ...found } = await host(workers, (open) => run(reducer, segments, plan, workers, open))
  const seconds = (performance.now() - start) / 1000
  const report = replayReport({ ...found, listing, beginning, workers, seconds })
  if (plan.onDamage === 'stop') for (const damage of report.damage) reportDamage(stopping, damage)
  return { state: mergeStates(reducer, states), report }
}

function threadsFor(segments: readonly StoredSegment[]): number {
  return bytesIn(segments) < SMALL_LOG_BYTES ? 1 : defaultThreads()
}

function bytesIn(segments: readonly StoredSegment[]): number {
  return segments.reduce((bytes, { end }) => bytes + end, 0)
}

/** What the threads are told, in common. */
function settingsFor(
  reducer: Reducer,
  plan: ReplayPlan,
  workers: number,
  board: ThreadBoard,
): Omit<SessionInit, 'thread'> {
  const { read, snapshot } = plan
  const { from, to, since, until, types, keys } = read
  // A restore that can not tell shards apart gives all of the state, which can only be one shard.
  const isUndivided = snapshot !== undefined && reducer.restore!.length < 2
  const isOneShard = reducer.ordered === 'global' || isUndivided
  return {
    reducer: plan.reducer,
    shards: isOneShard ? 1 : SHARDS,
    owners: Math.min(workers, isOneShard ? 1 : SHARDS),
    // A copy: of a part of a larger memory, all would go to every thread.
    snapshot: snapshot && new Uint8Array(snapshot.bytes),
    filter: { from, to, since, until, types: inBoth(types, reducer.types), keys },
    board: board.memory,
  }
}

/** The types that both lists have, of which undefined is that of all. */
function inBoth(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one.filter((type) => other.includes(type))
}

/** All that is done on the threads. However it ends, they have ended then, or had their time to. */
async function run<State>(
  reducer: Reducer<State>,
  segments: readonly StoredSegment[],
  plan: ReplayPlan,
  workers: number,
  open: SessionOpener<SessionInit>,
): Promise<{ readonly states: State[]; readonly walk: LogWalk; readonly group: SessionGroup }> {
  const board = ThreadBoard.create(workers)
  const settings = settingsFor(reducer as Reducer, plan, workers, board)
  const sessions = Array.from(
    { length: workers },
    (_, thread) => new RemoteSession(open({ ...settings, thread }), thread, board),
  )
  const group = new SessionGroup(sessions, board)
  const onAbort = (): void => group.abort(abortError(plan.signal!, group.appliedLsn))
  plan.signal?.addEventListener('abort', onAbort)
  try {
    if (plan.signal?.aborted) onAbort()
    const bytesTotal = bytesIn(segments)
    let bytesDone = 0
    const walk = new LogWalk(group, plan, CHUNKS_PER_THREAD * workers, (bytes) => {
      bytesDone += bytes
      plan.onProgress({ bytesDone, bytesTotal, records: group.records })
    })
    await walk.walk(segments)
    const given = await group.states(settings.shards, settings.owners)
    return { states: given.map((one) => receiveState(reducer as Reducer, one) as State), walk, group }
  } catch (error) {
    throw await group.firstFailure(error)
  } finally {
    plan.signal?.removeEventListener('abort', onAbort)
    await group.stop()
  }
}

function abortError(signal: AbortSignal, lsn: number): RingwalError {
  const where = lsn > 0 ? `; LSN ${lsn} was applied` : ''
  return new RingwalError('ERR_RINGWAL_ABORTED', `the replay was aborted${where}`, { lsn }, signal.reason)
}

/** @throws ERR_RINGWAL_REDUCER */
function mergeStates<State>(reducer: Reducer<State>, states: State[]): State {
  if (states.length === 1) return states[0]!
  try {
    return reducer.merge(states)
  } catch (error) {
    throw reducerError('merge of the reducer threw', error, {})
  }
}
