import { describe, expect, it } from 'vitest'
import { type CopyRunner, copyInOrder } from '../../src/repair/copy-queue.ts'
import type { CopyResult, CopyTask } from '../../src/repair/copy-task.ts'
import { range } from '../support/log-records.ts'

/** Tasks and results that only tell their number. */
const tasks = range(1, 9).map((from) => ({ from }) as CopyTask)
const resultOf = (task: CopyTask): CopyResult => ({ records: task.from }) as CopyResult

/** A runner whose tasks end when the test says so. */
class Runner {
  readonly started: number[] = []
  private readonly ends = new Map<number, (error?: Error) => void>()

  readonly run: CopyRunner = (task) =>
    new Promise((resolve, reject) => {
      this.started.push(task.from)
      this.ends.set(task.from, (error) => (error === undefined ? resolve(resultOf(task)) : reject(error)))
    })

  async end(number: number, error?: Error): Promise<void> {
    this.ends.get(number)!(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Takes all results; `done` is how it ended. */
function collect(
  runner: Runner,
  threads: number,
): { results: number[]; done: Promise<string>; state: { isOver: boolean } } {
  const results: number[] = []
  const state = { isOver: false }
  const done = (async () => {
    try {
      for await (const { records } of copyInOrder(tasks, runner.run, threads, () => {})) results.push(records)
      return 'done'
    } catch (error) {
      return String(error)
    } finally {
      state.isOver = true
    }
  })()
  return { results, done, state }
}

describe('segments copied by several threads', () => {
  it('come in their order, however they end, and few are begun ahead', async () => {
    const runner = new Runner()
    const { results, done } = collect(runner, 2)
    expect(runner.started).toEqual([1, 2, 3, 4])
    await runner.end(3)
    await runner.end(2)
    expect(results).toEqual([])
    await runner.end(1)
    expect(results).toEqual([1, 2, 3])
    expect(runner.started).toEqual([1, 2, 3, 4, 5, 6, 7])
    for (const number of [9, 8, 7, 6, 5, 4].reverse()) await runner.end(number)
    expect(await done).toBe('done')
    expect(results).toEqual(range(1, 9))
  })

  it('one at a time are begun one at a time', async () => {
    const runner = new Runner()
    const { done } = collect(runner, 1)
    for (const number of range(1, 9)) {
      expect(runner.started).toEqual(range(1, number))
      await runner.end(number)
    }
    expect(await done).toBe('done')
  })

  it('that fail end it only when nobody writes any more', async () => {
    const runner = new Runner()
    const { results, done, state } = collect(runner, 2)
    await runner.end(2)
    await runner.end(1, new Error('no space'))
    expect(state.isOver).toBe(false)
    await runner.end(3)
    await runner.end(4, new Error('no space either'))
    expect(await done).toBe('Error: no space')
    expect(results).toEqual([])
    expect(runner.started).toEqual([1, 2, 3, 4])
  })
})
