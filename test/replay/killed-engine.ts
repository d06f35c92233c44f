/** An engine that is killed again and again: what a replay rebuilds is held against what the engine had at that record. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { orderEvents } from '../../bench/replay-events.ts'
import { replay, type SyncPolicy } from '../../src/index.ts'
import { keyOf, ORDER_EVENT, snapshotOf, TradingState, tradingReducer } from '../../src/trading/index.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
/** How long an engine lives once it appends. */
const LIFE_MS_MAX = 60
/** More events than an engine comes to. */
const EVENTS_MAX = 40_000_000

/** How the engine is started: the log, and when it syncs. It appends the events from that of the log's next LSN on. */
export interface KilledInit {
  readonly dir: string
  readonly policy: SyncPolicy
}

/** The events of the engine's life: event n has LSN n. */
export function lifeEvents(): ReturnType<typeof orderEvents> {
  return orderEvents(EVENTS_MAX)
}

/** What the engine's own state was at some record: it is a fold over the same events. */
class Model {
  readonly state = new TradingState()
  private readonly events = lifeEvents()
  private lsn = 0

  stateAt(lsn: number): TradingState {
    while (this.lsn < lsn) {
      const value = this.events.next().value!
      this.state.apply({ lsn: ++this.lsn, type: ORDER_EVENT, key: keyOf(value), value })
    }
    return this.state
  }
}

export interface KillTotals {
  readonly kills: number
  readonly records: number
}

/**
 * Kills an engine `kills` times, in one log, and replays it after each death on 1 to 3 threads.
 * @throws Error where a state is not the engine's at the recovered LSN
 */
export async function killAndReplay(dir: string, kills: number, seed: number): Promise<KillTotals> {
  const random = new SeededRandom(seed)
  const model = new Model()
  let records = 0
  for (let kill = 1; kill <= kills; kill++) {
    await liveAndDie({ dir, policy: random.pick(POLICIES) }, random.between(0, LIFE_MS_MAX))
    const workers = random.between(1, 3)
    const { state, report } = await replay<TradingState>(dir, { reducer: tradingReducer, workers, chunkBytes: 65_536 })
    if (report.lastLsn < records) throw new Error(`kill ${kill}: LSN ${report.lastLsn} is the last, and ${records} was`)
    records = report.lastLsn
    if (!Buffer.from(snapshotOf(state)).equals(snapshotOf(model.stateAt(records))))
      throw new Error(`kill ${kill}, seed ${seed}: the state at LSN ${records} is not the engine's`)
  }
  return { kills, records }
}

async function liveAndDie(init: KilledInit, lifeMs: number): Promise<void> {
  const victim: ChildProcess = fork(fileURLToPath(new URL('./killed-process.js', import.meta.url)), [
    JSON.stringify(init),
  ])
  const ended = once(victim, 'exit')
  const [message] = await Promise.race([once(victim, 'message'), ended])
  if (message !== 'appending') throw new Error(`the engine ended by itself: ${message}`)
  await setTimeout(lifeMs)
  victim.kill('SIGKILL')
  await ended
}
