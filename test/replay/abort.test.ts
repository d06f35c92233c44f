/** A replay that is aborted ends soon, by itself, and leaves nothing behind. */
import { describe, expect, it, vi } from 'vitest'
import { replay } from '../../src/index.ts'
import { createReadPorts } from '../../src/read/log-view.ts'
import { replayOn, type SessionHost } from '../../src/replay/replay.ts'
import { planReplay } from '../../src/replay/replay-options.ts'
import { ThreadBoard } from '../../src/replay/thread-board.ts'
import { withSessions } from '../../src/worker-pool.ts'
import { logOf } from '../support/log-images.ts'
import { threadCounts } from './live-threads.ts'
import { HOW } from './reducers/failing.ts'
import { reducerAt, replayDisk } from './replay-kit.ts'
import { recordsOf, writeLog } from './replay-log.ts'

const reducer = reducerAt('failing')
const ABORTED = { code: 'ERR_RINGWAL_ABORTED' }

interface Watched {
  readonly host: SessionHost
  /** How each thread ended. */
  readonly ends: string[]
  /** Whether one of them is at this record, or beyond. */
  readonly isAt: (lsn: number) => boolean
}

/** Threads as always, and an eye on them. */
function watchedHost(): Watched {
  const ends: string[] = []
  let board: ThreadBoard | undefined
  const host: SessionHost = (threads, use) =>
    withSessions('replayer', threads, (open) =>
      use((init) => {
        board = ThreadBoard.attach(init.board)
        const session = open(init)
        session.ended.then(
          () => ends.push('by itself'),
          (error: unknown) => ends.push(String(error)),
        )
        return session
      }),
    )
  return { host, ends, isAt: (lsn) => [0, 1].some((thread) => (board?.placeOf(thread).lsn ?? 0) >= lsn) }
}

describe('an abort', () => {
  it('before the start does nothing at all', async () => {
    const before = threadCounts().started
    const signal = AbortSignal.abort('why not')
    await expect(replay('/nowhere', { reducer, signal })).rejects.toMatchObject({ ...ABORTED, cause: 'why not' })
    expect(threadCounts().started).toBe(before)
  })

  it('right behind the call, before anything is open, is no less', async () => {
    const controller = new AbortController()
    const running = replayDisk(logOf(6), { reducer: reducerAt('keyed'), signal: controller.signal })
    controller.abort()
    await expect(running).rejects.toMatchObject(ABORTED)
  })

  it('in the middle ends the threads within the record they are at, and not by force', async () => {
    // Each record takes 2 ms: all of them, 80 seconds.
    const dir = await writeLog(recordsOf(40_000, 40, () => HOW.wait))
    const controller = new AbortController()
    const plan = planReplay({ reducer, workers: 2, signal: controller.signal, chunkBytes: 1 << 20 })
    const { host, ends, isAt } = watchedHost()
    const running = replayOn(await createReadPorts(), dir, plan, host)
    await Promise.race([running, vi.waitUntil(() => isAt(30), 10_000)])
    controller.abort()
    await expect(running).rejects.toMatchObject(ABORTED)
    expect(ends).toEqual(['by itself', 'by itself'])
    expect(threadCounts().alive).toBe(0)
    const { report } = await replay(dir, { reducer, workers: 2, to: 9 })
    expect(report.records).toBe(9)
  }, 20_000)

  it('ends even a reducer that never comes back', async () => {
    const dir = await writeLog(recordsOf(9, 40, (lsn) => (lsn === 5 ? HOW.hang : HOW.count)))
    const controller = new AbortController()
    const { host, ends, isAt } = watchedHost()
    const plan = planReplay({ reducer, workers: 2, signal: controller.signal })
    const running = replayOn(await createReadPorts(), dir, plan, host)
    await Promise.race([running, vi.waitUntil(() => isAt(5), 10_000)])
    controller.abort()
    const start = performance.now()
    await expect(running).rejects.toMatchObject(ABORTED)
    expect(performance.now() - start).toBeGreaterThan(4500)
    expect(ends[0]).toBe('by itself')
    expect(threadCounts().alive).toBe(0)
  })

  it('at any moment is an error, until the state is there', async () => {
    const disk = logOf(40)
    const { report } = await replayDisk(disk, { reducer: reducerAt('keyed'), workers: 2 })
    for (let after = 1; after < report.chunks; after++) {
      const controller = new AbortController()
      let told = 0
      const onProgress = (): void => {
        if (++told === after) controller.abort()
      }
      const running = replayDisk(disk, {
        reducer: reducerAt('keyed'),
        workers: 2,
        onProgress,
        signal: controller.signal,
      })
      await expect(running).rejects.toMatchObject({ ...ABORTED, lsn: expect.any(Number) })
      expect(told).toBe(after)
    }
  })

  it('behind the end is too late', async () => {
    const controller = new AbortController()
    const { report } = await replayDisk(logOf(6), { reducer: reducerAt('keyed'), signal: controller.signal })
    controller.abort()
    expect(report.records).toBe(6)
  })
})
