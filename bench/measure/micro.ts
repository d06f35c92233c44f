import { Bench } from 'tinybench'
import { RingwalError } from '../../src/errors.ts'
import { MICRO_GROUPS, type MicroGroup } from '../micro/groups.ts'

/** The micro-benchmarks of one group, by tinybench. */
export interface MicroJob {
  readonly kind: 'micro'
  readonly group: MicroGroup
  /** For each: how long to run it, behind half as long to warm up. */
  readonly milliseconds: number
  /** A fresh directory, for what needs a log. */
  readonly dir: string
}

export interface Micro {
  readonly name: string
  readonly nsPerOperation: number
}

/** A run is many operations, so that few runs are enough. */
const RUNS_MIN = 4

export async function measureMicro({ group, milliseconds, dir }: MicroJob): Promise<Micro[]> {
  const tasks = await MICRO_GROUPS[group](dir)
  const bench = new Bench({
    time: milliseconds,
    warmupTime: milliseconds / 2,
    iterations: RUNS_MIN,
    warmupIterations: RUNS_MIN,
    throws: true,
  })
  for (const { name, run, between } of tasks) bench.add(name, run, between === undefined ? {} : { beforeEach: between })
  await bench.run()
  return tasks.map(({ name, operations }) => {
    const result = bench.getTask(name)?.result
    if (result?.state !== 'completed') throw new RingwalError('ERR_RINGWAL_INTERNAL', `${name} did not run`, {})
    return { name, nsPerOperation: (result.latency.p50 * 1e6) / operations }
  })
}
