/** What a log must hold after a crash: rule R1, as a check of one crash state. */
import { createKernelMemory } from '../../src/format/index.ts'
import type { Recovered } from '../../src/wal/recovery.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { payload, readEntries } from '../support/log-records.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll, randomChoice } from '../support/simulated-disk-crash.ts'

export interface ModelRecord {
  readonly bytes: Uint8Array
  readonly type: number
  /** Whether the next record is of the same atomic batch. */
  readonly continues: boolean
}

/** All that was appended, LSN 1 first, and how much of it somebody was told is durable. */
export interface LogModel {
  readonly records: readonly ModelRecord[]
  readonly durable: number
  /** What is below it was given up: it may be gone, as far as whole segments go. 1 if absent. */
  readonly cut?: number
}

const memory = createKernelMemory(1 << 16)

/**
 * Recovers one crash state, and what comes of it, against the model.
 * @param seed for the further crashes; every fourth state is also appended to.
 * @returns how many states were looked at
 */
export function checkCrashState(disk: SimulatedDisk, model: LogModel, seed: number): number {
  const first = recover(disk, { memory })
  const last = first.resume.nextLsn - 1
  checkContent(disk, model, first)
  expectSame('the second recovery', recover(disk, { memory }), first)
  const powerless = disk.crash(dropAll)
  expectSame('recovery after a power cut that kept only what recovery synced', recover(powerless, { memory }), first)
  checkContent(powerless, model, first)
  if (seed % 4 !== 0) return 1
  return 1 + checkGoingOn(seed % 8 < 4 ? powerless : disk, model.records.slice(0, last), model.cut ?? 1, seed)
}

function checkContent(
  disk: SimulatedDisk,
  { records, durable, cut = 1 }: LogModel,
  { report, resume }: Recovered,
): void {
  const last = resume.nextLsn - 1
  const first = Math.max(1, report.firstLsn)
  if (first > cut) throw new Error(`the log begins at LSN ${first}; nothing was given up from ${cut} on`)
  if (report.damage.length > 0) throw new Error(`recovery reports damage: ${JSON.stringify(report.damage)}`)
  if (last < durable) throw new Error(`LSN ${durable} was durable; recovered up to ${last}`)
  if (last > records.length) throw new Error(`${records.length} records were appended; recovered up to ${last}`)
  if (last > 0 && records[last - 1]!.continues) throw new Error(`the batch of LSN ${last} is recovered in part`)
  const entries = readEntries(disk)
  if (entries.length !== last - first + 1)
    throw new Error(`recovered LSN ${first} to ${last}; a reader sees ${entries.length} records`)
  entries.forEach((entry, i) => {
    const lsn = first + i
    const { bytes, type, continues } = records[lsn - 1]!
    if (entry.lsn !== lsn) throw new Error(`LSN ${entry.lsn} stands where ${lsn} must stand`)
    const same = entry.type === type && entry.continuesBatch === continues && Buffer.compare(entry.bytes, bytes) === 0
    if (!same) throw new Error(`LSN ${entry.lsn} is not what was appended`)
  })
}

function expectSame(what: string, again: Recovered, first: Recovered): void {
  if (again.resume.nextLsn === first.resume.nextLsn) return
  throw new Error(`${what} ends at LSN ${again.resume.nextLsn - 1}, the first one at ${first.resume.nextLsn - 1}`)
}

/** Append, crash again, recover again. */
function checkGoingOn(disk: SimulatedDisk, before: readonly ModelRecord[], cut: number, seed: number): number {
  const random = new SeededRandom(seed)
  const log = LogHarness.open(disk, { policy: 'always', segmentBytes: 8192, ringBytes: 16384, seed, memory })
  const records = [...before]
  for (let i = random.below(4); i >= 0; i--) {
    const record = { bytes: payload(random.below(700), seed + i), type: i, continues: false }
    records.push(record)
    log.appender.appendBytes(record.bytes, record)
    if (random.chance(0.7)) log.step()
  }
  const after = disk.crash(randomChoice(seed, 0.5))
  checkContent(after, { records, durable: log.durable, cut }, recover(after, { memory }))
  return 1
}
