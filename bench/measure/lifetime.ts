import { setTimeout as sleep } from 'node:timers/promises'
import { Wal } from '../../src/index.ts'
import { spread } from '../statistics.ts'
import { logBytes, settle } from './disk-files.ts'
import type { LogJob } from './job.ts'
import { type Load, loadOf } from './load.ts'
import { closeAndCount, RING_BYTES } from './quiet-log.ts'

/** One log with segments, spares and ring as they are by default, filled at full speed. */
export interface LifetimeJob extends LogJob {
  readonly kind: 'lifetime'
  /** Records in the log at which to measure, ascending. */
  readonly stations: readonly number[]
}

export interface Lifetime {
  readonly stations: readonly Station[]
}

export interface Station {
  readonly records: number
  /** ns of the engine's thread for each record, in bursts that fit the ring: their median. */
  readonly nsPerRecord: number
  /** ns for each record from the station before on, at full speed, until all was durable. */
  readonly fillNs: number
  readonly rssMiB: number
}

const MIB = 1 << 20
/** Of a station: so many that are not timed, after a pause in which the processor did other things, and so many that are. */
const PRACTICE_BURSTS = 10
const BURSTS = 20
const ALL_BURSTS = PRACTICE_BURSTS + BURSTS
const BURST_RECORDS_MAX = 2500
const BURST_PAUSE_MS = 5
/** For so long no file grows once the next segment is made. */
const REST_MS = 100
/** A record that fills the ring in few appends: every page of it is touched before anything is timed. */
const LARGE_BYTES = MIB
const PRACTICE_PART = 4

export async function measureLifetime(job: LifetimeJob): Promise<Lifetime> {
  const { dir, policy, stations: counts } = job
  const wal = await Wal.open({ dir, sync: { policy } })
  const load = loadOf(job)
  const burst = Math.max(1, Math.min(BURST_RECORDS_MAX, Math.floor(counts[0]! / ALL_BURSTS / 2)))
  await warmUp(wal, load, Math.floor(counts[0]! / PRACTICE_PART))
  const stations: Station[] = []
  for (const records of counts) stations.push(await measureStation(wal, load, records, burst))
  await closeAndCount(wal, counts.at(-1)!)
  return { stations }
}

async function warmUp(wal: Wal, load: Load, records: number): Promise<void> {
  const large = new Uint8Array(LARGE_BYTES - 64)
  for (let bytes = 0; bytes <= RING_BYTES && wal.lastLsn < records; bytes += LARGE_BYTES) wal.appendBytes(large)
  load.appendMany(wal, Math.max(0, records - wal.lastLsn))
  await wal.flush()
}

/** Fills the log up to where bursts make the number full, and lets it come to rest before them. */
async function measureStation(wal: Wal, load: Load, records: number, burst: number): Promise<Station> {
  const fill = records - ALL_BURSTS * burst - wal.lastLsn
  const started = performance.now()
  load.appendMany(wal, fill)
  await wal.flush()
  const fillNs = ((performance.now() - started) * 1e6) / fill
  await atRest(wal.dir)
  const burstNs: number[] = []
  for (let i = 0; i < ALL_BURSTS; i++) {
    const began = performance.now()
    load.appendMany(wal, burst)
    burstNs.push(((performance.now() - began) * 1e6) / burst)
    await wal.flush()
    await sleep(BURST_PAUSE_MS)
  }
  const rssMiB = process.memoryUsage().rss / MIB
  return { records, nsPerRecord: spread(burstNs.slice(PRACTICE_BURSTS)).median, fillNs, rssMiB }
}

/** Waits until no more segment is being made, and forces out what was written. */
async function atRest(dir: string): Promise<void> {
  for (let before = -1, now = logBytes(dir); now !== before; now = logBytes(dir)) {
    before = now
    await sleep(REST_MS)
  }
  settle(dir)
}
