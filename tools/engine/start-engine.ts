import { RingwalError } from '../../src/errors.ts'
import type { ReplayReport, WalOptions } from '../../src/index.ts'
import { replay } from '../../src/replay/replay.ts'
import { type TradingState, tradingReducer } from '../../src/trading/index.ts'
import { Wal } from '../../src/wal/wal.ts'
import { complain, describeFailure } from '../support/failure.ts'
import { doubtsAbout } from './doubts.ts'
import type { EngineOptions } from './engine-options.ts'
import { OrderEngine } from './order-engine.ts'

/** How a start went. Times in milliseconds. */
export interface EngineStart {
  readonly lsn: number
  readonly openMs: number
  readonly replayMs: number
  /** Of `openMs`: what recovery took. */
  readonly recoveryMs: number
  readonly tornBytes: number
}

export interface StartedEngine {
  readonly engine: OrderEngine
  readonly start: EngineStart
}

/**
 * Opens the log under observation, so that nobody writes to it from here on, rebuilds the state from it, and lets it take
 * records if there is nothing against it: no damage, and no record that is no event or that the order state machine refuses.
 * @throws as `Wal.open` and `replay` do; ERR_RINGWAL_TAMPERED if the log changed while it was replayed
 */
export async function startEngine(dir: string, options: EngineOptions): Promise<StartedEngine> {
  const opening = performance.now()
  const wal = await Wal.open(walOptions(dir, options))
  try {
    const { tornTail } = wal.recovery
    const replaying = performance.now()
    const { state, report } = await replay<TradingState>(wal.dir, {
      reducer: tradingReducer,
      onDamage: 'observe',
      ...(options.workers === undefined ? {} : { workers: options.workers }),
    })
    const resuming = performance.now()
    const doubts = doubtsAbout(state, report, wal.recovery)
    if (doubts.length === 0) await goLive(wal, report)
    const engine = new OrderEngine({ wal, state, policy: options.policy, replay: report, doubts })
    const openMs = replaying - opening + (performance.now() - resuming)
    const start = {
      lsn: wal.lastLsn,
      openMs: round(openMs),
      replayMs: round(resuming - replaying),
      recoveryMs: round(wal.recovery.elapsedMs),
      tornBytes: tornTail?.bytes ?? 0,
    }
    return { engine, start }
  } catch (error) {
    await wal.close().catch(() => {})
    throw error
  }
}

function walOptions(dir: string, { policy, everyMs, segmentBytes }: EngineOptions): WalOptions {
  return {
    dir,
    observe: 'always',
    // A full ring is answered to the client: the thread that serves all of them must not wait.
    backpressure: 'error',
    sync: { policy, ...(everyMs === undefined ? {} : { everyMs }) },
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
    onWarning: (error) => complain(describeFailure(error)),
  }
}

/** The lock is held since before the replay: whoever changed the log meanwhile went past it. */
async function goLive(wal: Wal, { lastLsn }: ReplayReport): Promise<void> {
  const recovery = await wal.resume()
  if (recovery.lastLsn === lastLsn) return
  const facts = { dir: wal.dir, replayed: lastLsn, recovered: recovery.lastLsn }
  const message = `${wal.dir} changed while it was replayed: up to LSN ${lastLsn} then, to ${recovery.lastLsn} now`
  throw new RingwalError('ERR_RINGWAL_TAMPERED', message, facts)
}

function round(ms: number): number {
  return Number(ms.toFixed(1))
}
