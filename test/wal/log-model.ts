/** What a log must hold after a crash: rule R1, as a check of crash states. */
import { createKernelMemory } from '../../src/format/index.ts'
import type { Recovered } from '../../src/wal/recovery.ts'
import { LogHarness, recover } from '../support/log-harness.ts'
import { eachEntry, payload } from '../support/log-records.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ReusableRing } from '../support/reusable-ring.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { dropAll, randomChoice } from '../support/simulated-disk-crash.ts'
import type { Fingerprint } from '../support/simulated-disk-print.ts'

export interface ModelRecord {
  readonly bytes: Uint8Array
  readonly type: number
  /** Whether the next record is of the same atomic batch. */
  readonly continues: boolean
}

/** All that was appended, LSN 1 first, and how much of it somebody was told is durable. */
export interface LogModel {
  readonly records: readonly (ModelRecord | undefined)[]
  readonly durable: number
  /** What is below it was given up: it may be gone, as far as whole segments go. 1 if absent. */
  readonly cut?: number
}

/** The LSNs that a state holds. */
interface Content {
  readonly first: number
  readonly last: number
}

const memory = createKernelMemory(1 << 16)
const ring = new ReusableRing(8192)

/**
 * Hours behind a life's own openings at which a state is recovered, again, after the next power cut, opened, and recovered
 * after that: no two processes see the same time, and files that are set aside get names of their own.
 */
const HOURS = { first: 10_001, again: 10_002, powerless: 10_003, goingOn: 10_004, after: 10_005 } as const

/** Of so many states one is recovered again though nothing was changed, in case recovery is not the function it should be. */
const AGAIN_EVERY = 32

/**
 * Recovers crash states of one log, and what comes of them, against its model. A state that a process can not tell from one
 * that was seen before is only held against what is durable by now.
 */
export class StateChecker {
  /** States that were recovered and read, no two alike. */
  checked = 0
  /** Those that were known already. */
  repeated = 0
  private readonly known = new Map<Fingerprint, Content>()
  private readonly continued = new Set<Fingerprint>()

  /** The records that were appended are others from now on. */
  forget(): void {
    this.known.clear()
    this.continued.clear()
  }

  /**
   * @param disk what a power cut, or a dying process, left; it is changed
   * @param seed for the further crashes; every fourth state is also appended to
   */
  check(disk: SimulatedDisk, model: LogModel, seed: number): void {
    const found = disk.print
    const known = this.known.get(found)
    if (known === undefined) this.checkNew(disk, found, model, seed)
    else {
      this.repeated++
      requireKept(known, model)
    }
  }

  private checkNew(disk: SimulatedDisk, found: Fingerprint, model: LogModel, seed: number): void {
    this.checked++
    const content = contentOf(disk, model, HOURS.first)
    this.known.set(found, content)
    const left = disk.print
    const powerless = disk.crash(dropAll)
    const kept = powerless.print
    const isAgain = seed % AGAIN_EVERY === 0
    // Recovery is a function of what it finds: where two disks are the same to it, one is recovered for both.
    if ((left !== found && left !== kept) || isAgain)
      expectSame('the second recovery', recover(disk, { memory, clock: new ManualClock(HOURS.again) }), content)
    if (kept !== found || isAgain) this.checkPowerless(powerless, kept, content, model)
    if (seed % 4 === 0) this.checkGoingOn(seed % 8 < 4 ? powerless : disk, content, model, seed)
  }

  /** A power cut after recovery takes what recovery has not synced. */
  private checkPowerless(disk: SimulatedDisk, kept: Fingerprint, { last }: Content, model: LogModel): void {
    let content = this.known.get(kept)
    if (content === undefined) {
      this.checked++
      content = contentOf(disk, model, HOURS.powerless)
      this.known.set(kept, content)
    }
    if (content.last === last) return
    throw new Error(`after a power cut that kept what recovery synced, the log ends at ${content.last}, not ${last}`)
  }

  /** Append, crash again, recover again. */
  private checkGoingOn(disk: SimulatedDisk, { last }: Content, model: LogModel, seed: number): void {
    const random = new SeededRandom(seed)
    const clock = new ManualClock(HOURS.goingOn)
    const sizes = { segmentBytes: 8192, ringBytes: 8192 }
    const log = LogHarness.open(disk, { policy: 'always', ...sizes, seed, clock, memory, ring })
    const records = model.records.slice(0, last)
    for (let i = random.below(4); i >= 0; i--) {
      const record = { bytes: payload(random.below(700), seed + i), type: i, continues: false }
      records.push(record)
      log.appender.appendBytes(record.bytes, record)
      if (random.chance(0.7)) log.step()
    }
    const after = disk.crash(randomChoice(seed, 0.5))
    const print = after.print
    if (this.continued.has(print)) return
    this.continued.add(print)
    this.checked++
    contentOf(after, { ...model, records, durable: log.durable }, HOURS.after)
  }
}

/**
 * Checks one state, and what comes of it.
 * @returns how many states were looked at
 */
export function checkCrashState(disk: SimulatedDisk, model: LogModel, seed: number): number {
  const checker = new StateChecker()
  checker.check(disk, model, seed)
  return checker.checked
}

/** Recovers and reads a state. @throws what is not as it was appended */
function contentOf(disk: SimulatedDisk, model: LogModel, hours: number): Content {
  const { report, resume } = recover(disk, { memory, clock: new ManualClock(hours) })
  if (report.damage.length > 0) throw new Error(`recovery reports damage: ${JSON.stringify(report.damage)}`)
  const content = { first: Math.max(1, report.firstLsn), last: resume.nextLsn - 1 }
  requireKept(content, model)
  checkRecords(disk, content, model.records)
  return content
}

function requireKept({ first, last }: Content, { records, durable, cut = 1 }: LogModel): void {
  if (first > cut) throw new Error(`the log begins at LSN ${first}; nothing was given up from ${cut} on`)
  if (last < durable) throw new Error(`LSN ${durable} was durable; recovered up to ${last}`)
  if (last > records.length) throw new Error(`${records.length} records were appended; recovered up to ${last}`)
  if (last > 0 && records[last - 1]?.continues) throw new Error(`the batch of LSN ${last} is recovered in part`)
}

function checkRecords(disk: SimulatedDisk, { first, last }: Content, records: LogModel['records']): void {
  let next = first
  for (const { lsn, type, bytes, continuesBatch } of eachEntry(disk)) {
    // An LSN whose record a dead thread never published has a tombstone.
    while (next < lsn && records[next - 1] === undefined) next++
    const record = records[lsn - 1]
    if (lsn !== next || lsn > last) throw new Error(`LSN ${lsn} stands where ${next} must stand, up to ${last}`)
    const isSame =
      record !== undefined &&
      type === record.type &&
      continuesBatch === record.continues &&
      Buffer.compare(bytes, record.bytes) === 0
    if (!isSame) throw new Error(`LSN ${lsn} is not what was appended`)
    next++
  }
  while (next <= last && records[next - 1] === undefined) next++
  if (next <= last) throw new Error(`recovered LSN ${first} to ${last}; a reader sees none from ${next} on`)
}

function expectSame(what: string, again: Recovered, { last }: Content): void {
  if (again.resume.nextLsn - 1 === last) return
  throw new Error(`${what} ends at LSN ${again.resume.nextLsn - 1}, the first one at ${last}`)
}
