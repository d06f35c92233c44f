import type { CopyResult, CopyTask } from './copy-task.ts'

/** Carries tasks out, in this thread or in others. @param onProgress told now and then the offset in the source, by this thread only */
export type CopyRunner = (task: CopyTask, onProgress: (offset: number) => void) => Promise<CopyResult>

/** Segments that are worked on at a time for each thread: one, and one that waits for it. */
const AHEAD_PER_THREAD = 2

/** The results of tasks in their order, some of which are worked on ahead. */
export async function* copyInOrder(
  tasks: readonly CopyTask[],
  run: CopyRunner,
  threads: number,
  onProgress: (offset: number) => void,
): AsyncGenerator<CopyResult> {
  const ahead = threads === 1 ? 1 : AHEAD_PER_THREAD * threads
  const started: Promise<CopyResult>[] = []
  try {
    for (const [i] of tasks.entries()) {
      for (let next = i + started.length; next < tasks.length && started.length < ahead; next++)
        started.push(begun(run(tasks[next]!, onProgress)))
      yield await started[0]!
      started.shift()
    }
  } finally {
    // Nobody may still write where whoever failed takes everything away again.
    await Promise.allSettled(started)
  }
}

/** Awaited when it is its turn; until then an error is no unhandled one. */
function begun(result: Promise<CopyResult>): Promise<CopyResult> {
  result.catch(() => {})
  return result
}
