/** Replays in the test's own thread, on any file system, through the same messages as between threads; and what they must give. */
import { MessageChannel } from 'node:worker_threads'
import { createCodec } from '../../src/codec/index.ts'
import type { Damage } from '../../src/read/damage.ts'
import { viewLog } from '../../src/read/log-view.ts'
import { readListing } from '../../src/read/read-log.ts'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import { loadReducer } from '../../src/replay/load-reducer.ts'
import { type ReplayResult, replayOn, type SessionHost } from '../../src/replay/replay.ts'
import { planReplay, type ReplayOptions } from '../../src/replay/replay-options.ts'
import { runSession } from '../../src/replay/session.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'
import type { BytesRecord } from '../../src/wal/appender.ts'
import { LOG_DIR, LogHarness } from '../support/log-harness.ts'
import { payload, readPorts } from '../support/log-records.ts'
import type { SeededRandom } from '../support/seeded-random.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

/** URL of a module in test/replay/reducers. */
export function reducerAt(name: string): URL {
  return new URL(`./reducers/${name}.js`, import.meta.url)
}

/** Sessions that take their turns in this thread. */
export function localHost(fs: FileSystem): SessionHost {
  return (_, use) =>
    use((init) => {
      const { port1, port2 } = new MessageChannel()
      return { port: port1, ended: runSession(port2, init, readPorts(fs)) }
    })
}

export function replayDisk(
  fs: FileSystem,
  options: ReplayOptions,
  host: SessionHost = localHost(fs),
): Promise<ReplayResult<unknown>> {
  return replayOn(readPorts(fs), LOG_DIR, planReplay(options), host)
}

export interface Fold {
  readonly state: unknown
  readonly records: number
  /** What a reader was told. */
  readonly told: readonly Damage[]
}

/** What a plain loop over all that a reader hands out makes of it, going on past damage. */
export async function fold(
  fs: FileSystem,
  reducer: URL,
  bounds: ReadOptions = {},
  path: string = LOG_DIR,
): Promise<Fold> {
  const { init, apply, types } = await loadReducer(reducer.href)
  const told: Damage[] = []
  const asked = bounds.type === undefined ? types : [bounds.type].flat().filter((type) => types?.includes(type) ?? true)
  const wanted = asked === undefined ? {} : { type: asked }
  const plan = planRead({ ...bounds, ...wanted, onDamage: (damage) => told.push(damage) })
  const ports = readPorts(fs)
  let state = init()
  let records = 0
  for (const entry of readListing(ports, viewLog(ports, path), plan)) {
    state = apply(state, entry) ?? state
    records++
  }
  return { state, records, told }
}

/** The same, of a log on the machine's disk. */
export function foldLog(dir: string, reducer: URL, bounds: ReadOptions = {}): Promise<Fold> {
  return fold(nodeFileSystem, reducer, bounds, dir)
}

const codec = createCodec({ useBigInt64: false })

/** A record of some key, or none, with a payload of its own. */
export function someRecord(random: SeededRandom, stamp: number): BytesRecord {
  const key = random.chance(0.2) ? 0 : random.chance(0.5) ? random.between(1, 40) : random.uint32()
  const facts = { type: random.below(5), key, time: BigInt(stamp) * 1_000_003n }
  if (random.chance(0.5)) return { ...facts, codec: 'msgpack', bytes: codec.encode({ id: stamp, name: 'é' }).slice() }
  return { ...facts, bytes: payload(random.chance(0.05) ? random.between(600, 5000) : random.below(200), stamp) }
}

/** So many appends, one by one and in batches, in segments of 32 KiB, the last one closed, or left as by a crash. */
export function keyedLog(random: SeededRandom, appends: number): SimulatedDisk {
  const disk = new SimulatedDisk({ recordCalls: false })
  const policy = random.chance(0.5) ? 'always' : 'never'
  const log = LogHarness.open(disk, { policy, segmentBytes: 32768 })
  for (let i = 0; i < appends; i++) {
    const records = Array.from({ length: random.chance(0.3) ? random.between(2, 6) : 1 }, () => someRecord(random, i))
    log.appender.appendBytesBatch(records)
    if (random.chance(0.5) || !log.producer.hasRoomFor(20_000)) log.settle()
    if (random.chance(0.05)) log.flush()
  }
  log.settle()
  if (random.chance(0.5)) log.close()
  const after = disk.processDeath()
  after.sync()
  return after
}

/** A state as canonical text. */
export async function textOf(reducer: URL, state: unknown): Promise<string> {
  const { snapshot } = await loadReducer(reducer.href)
  return Buffer.from(snapshot!(state)).toString()
}
