import { RingwalError } from '../../src/errors.ts'

/** One micro-benchmark. */
export interface MicroTask {
  readonly name: string
  /** Of a run: enough of them that the timer's own cost and steps are nothing beside it. */
  readonly operations: number
  readonly run: () => void | Promise<void>
  /** What is to be done before each run, untimed. */
  readonly between?: () => void
}

/**
 * A task whose result is looked at, so that no compiler finds the work to be for nothing.
 * @param operation gives something else than undefined
 */
export function repeated(name: string, operations: number, operation: () => unknown, between?: () => void): MicroTask {
  let last: unknown
  const run = (): void => {
    for (let i = 0; i < operations; i++) last = operation()
    if (last === undefined) throw wrongResult(name)
  }
  return { name, operations, run, ...(between === undefined ? {} : { between }) }
}

/** What was measured did not do its work: its figure would be worth nothing. */
export function wrongResult(name: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_INTERNAL', `${name} did not do its work`, { task: name })
}
