import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { measureMicro } from '../../bench/measure/micro.ts'
import { MICRO_GROUPS, type MicroGroup } from '../../bench/micro/groups.ts'
import { repeated } from '../../bench/micro/task.ts'
import { temporaryDirectory } from '../storage/temporary-directory.ts'

it.each(Object.keys(MICRO_GROUPS) as MicroGroup[])('micro-benchmarks: %s', { timeout: 60_000 }, async (group) => {
  const dir = join(temporaryDirectory(), 'micro')
  mkdirSync(dir)
  const figures = await measureMicro({ kind: 'micro', group, milliseconds: 1, dir })
  expect(figures.length).toBeGreaterThanOrEqual(3)
  expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length)
  for (const { name, nsPerOperation } of figures) {
    expect(nsPerOperation, name).toBeGreaterThan(1)
    expect(nsPerOperation, name).toBeLessThan(1e6)
  }
})

it('a micro-benchmark does its work as often as it says, and is a failure if it gives nothing', () => {
  let done = 0
  const { run, operations } = repeated('count', 7, () => ++done)
  void run()
  expect([done, operations]).toEqual([7, 7])
  expect(() => repeated('nothing', 1, () => undefined).run()).toThrow('nothing did not do its work')
})
