import { type EngineRecord, LANES } from './engine-record.ts'
import type { EventStream } from './events.ts'
import { ExchangeDesk } from './exchange-desk.ts'

/** Events that are sent before the next are looked at. */
export const ROUND_EVENTS = 1000

/** By lane, what is sent one after the other: batches of one path each. */
export type Round = readonly (readonly EngineRecord[][])[]

/**
 * The input as it is sent: again and again the same rounds. A lane's records are those of its rounds' batches, in order; that
 * is what the log must hold of the lane, whatever of other lanes stands between.
 */
export function* roundsOf(stream: EventStream): Generator<Round> {
  const desk = new ExchangeDesk()
  const events = stream.events()
  for (;;) {
    const lanes: EngineRecord[][] = Array.from({ length: LANES }, () => [])
    for (let i = 0; i < ROUND_EVENTS; i++) {
      const record = desk.tell(events.next().value)
      lanes[record.lane]!.push(record)
    }
    yield lanes.map(batchesOf)
  }
}

/** As few batches as keep the records of each order in order: news of different orders does not depend on one another. */
function batchesOf(records: readonly EngineRecord[]): EngineRecord[][] {
  const batches: EngineRecord[][] = []
  const latest = new Map<string, number>()
  for (const record of records) {
    let at = latest.get(record.order) ?? 0
    while (at < batches.length && batches[at]![0]!.path !== record.path) at++
    batches[at] ??= []
    batches[at]!.push(record)
    latest.set(record.order, at)
  }
  return batches
}
