/**
 * Fails in the way that a record asks for: the first byte of its payload says how. Also a reducer that only counts, as long
 * as nobody asks for more.
 */
import type { ReplayEntry } from '../../../src/replay/reducer.ts'

export const HOW = { count: 0, throw: 1, exit: 2, allocate: 3, promise: 4, wait: 5, uncloneable: 6, hang: 7 } as const

interface State {
  records: number
  rest: unknown
}

export const init = (): State => ({ records: 0, rest: undefined })

export function apply(state: State, { lsn, value }: ReplayEntry): State | Promise<void> {
  const how = value instanceof Uint8Array ? value[0] : HOW.count
  if (how === HOW.throw) throw new RangeError(`no room for record ${lsn}`)
  if (how === HOW.exit) process.exit(3)
  if (how === HOW.allocate) for (const all: unknown[] = []; ; ) all.push(new Array(1000).fill(lsn))
  if (how === HOW.promise) return Promise.resolve()
  if (how === HOW.wait) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
  if (how === HOW.hang) for (;;);
  if (how === HOW.uncloneable) state.rest = () => lsn
  state.records++
  return state
}

export function merge(states: State[]): State {
  return { records: states.reduce((sum, { records }) => sum + records, 0), rest: undefined }
}
