import { statfs } from 'node:fs/promises'
import type { OrderEngine } from './order-engine.ts'

const REASONS_MAX = 20

/** What an operator's monitor asks for. */
export async function healthOf(engine: OrderEngine): Promise<Record<string, unknown>> {
  const { wal, trading, replay, state } = engine
  const { lastLsn, durableLsn, syncs, syncMsMax, ringBytes, ringUsedBytes, spareError } = wal.stats()
  const { lastSync, lagMs } = engine.syncs.look()
  const reasons = (await engine.reasons()).slice(0, REASONS_MAX)
  const { parseErrors, stateRejected } = trading.counts
  return {
    state,
    reasons: reasons.map(({ code, message }) => ({ code, message })),
    lsn: { last: lastLsn, durable: durableLsn },
    lag: { records: lastLsn - durableLsn, ms: Math.round(lagMs) },
    sync: { policy: engine.policy, last: lastSync, count: syncs, msMax: Number(syncMsMax.toFixed(3)) },
    ring: { bytes: ringBytes, usedBytes: ringUsedBytes },
    disk: { freeBytes: await freeBytes(wal.dir), spareError },
    replay: {
      records: replay.records,
      seconds: Number(replay.seconds.toFixed(3)),
      damage: replay.damage.length + replay.damageOmitted,
      lostRanges: replay.lost.length,
      parseErrors,
      stateRejected,
    },
  }
}

/** Null where the system does not tell. */
async function freeBytes(dir: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(dir)
    return bavail * bsize
  } catch {
    return null
  }
}
