/**
 * What a power cut keeps. Each unsynced item is kept or lost by itself, in any order; a sector may also be torn.
 */
import { SeededRandom } from './seeded-random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { SimulatedFile } from './simulated-disk-file.ts'
import type { EntryOperation } from './simulated-disk-tree.ts'

/** 0: the durable bytes; n: the nth unsynced version; or a write that the cut interrupted. */
export type SectorAnswer = number | TornSector

export interface TornSector {
  /** The interrupted version, from 1. */
  readonly version: number
  /** How many bytes of it arrived, 0 … 512. */
  readonly at: number
  /** The version that stands behind them; the durable one (0) if absent. */
  readonly over?: number
}

/** Answers for each pending item. It is asked only for items that the survivors can still show. */
export interface CrashChoice {
  /** @param versions how many unsynced versions the sector has, at least 1. */
  sector(versions: number, file: SimulatedFile, index: number): SectorAnswer
  /** @returns 0 for the durable size, n for the nth pending one, up to `versions`. */
  size(versions: number, file: SimulatedFile): number
  /** @returns whether a create, remove or rename survives. */
  entry(operation: EntryOperation): boolean
}

/** Everything that was not lost by a failed sync has reached the disk. */
export const keepAll: CrashChoice = {
  sector: (versions) => versions,
  size: (versions) => versions,
  entry: () => true,
}

/** Nothing but what was synced. */
export const dropAll: CrashChoice = {
  sector: () => 0,
  size: () => 0,
  entry: () => false,
}

/**
 * Draws every answer from a seed. The odds of survival are drawn once per choice, apart for data, sizes and entries:
 * fair coins alone would hardly ever lose just one sector of many, or all entries but one.
 * @param tear the probability that a surviving sector is torn, at any byte.
 */
export function randomChoice(seed: number, tear = 0): CrashChoice {
  const random = new SeededRandom(seed)
  const odds = [0.05, 0.5, 0.95]
  const [ofSector, ofSize, ofEntry] = [random.pick(odds), random.pick(odds), random.pick(odds)]
  const version = (versions: number, keep: number): number => {
    if (!random.chance(keep)) return 0
    return random.chance(0.5) ? versions : random.between(1, versions)
  }
  return {
    sector(versions) {
      const kept = version(versions, ofSector)
      if (kept === 0 || !random.chance(tear)) return kept
      return { version: kept, at: random.between(1, 511), over: random.below(kept) }
    },
    size: (versions) => version(versions, ofSize),
    entry: () => random.chance(ofEntry),
  }
}

/**
 * Counts through all answers like an odometer. A wheel turns up with its question; when one before it moves on, it
 * goes, as the question may not come again.
 */
export class Odometer implements CrashChoice {
  readonly #tears: readonly number[]
  #wheels: { digit: number; readonly digits: number }[] = []
  #asked = 0

  constructor(tears: readonly number[]) {
    this.#tears = tears
  }

  sector(versions: number): SectorAnswer {
    const pairs = (versions * (versions + 1)) / 2
    let digit = this.#ask(versions + 1 + pairs * this.#tears.length)
    if (digit <= versions) return digit
    digit -= versions + 1
    const at = this.#tears[Math.floor(digit / pairs)]!
    let pair = digit % pairs
    let version = 1
    while (pair >= version) pair -= version++
    return { version, at, over: pair }
  }

  size(versions: number): number {
    return this.#ask(versions + 1)
  }

  entry(): boolean {
    return this.#ask(2) === 1
  }

  /** Turns to the next combination. @returns false after the last. */
  next(): boolean {
    this.#asked = 0
    for (let wheel = this.#wheels.pop(); wheel !== undefined; wheel = this.#wheels.pop()) {
      if (++wheel.digit === wheel.digits) continue
      this.#wheels.push(wheel)
      return true
    }
    return false
  }

  #ask(digits: number): number {
    const at = this.#asked++
    const wheel = this.#wheels[at]
    if (wheel !== undefined) return wheel.digit
    this.#wheels.push({ digit: 0, digits })
    return 0
  }
}

/**
 * Every crash state of a disk, which must not change meanwhile.
 * @param limit how many states at most; 4096 is 12 items with two outcomes each.
 * @param tears byte offsets, 1 … 511, at which each surviving sector is also torn.
 * @throws RangeError instead of yielding a state beyond the limit.
 */
export function* enumerateCrashes(
  disk: SimulatedDisk,
  limit = 4096,
  tears: readonly number[] = [],
): Generator<SimulatedDisk, void, undefined> {
  const odometer = new Odometer(tears)
  let states = 0
  do {
    if (states++ === limit) throw new RangeError(`the disk has more than ${limit} crash states`)
    yield disk.crash(odometer)
  } while (odometer.next())
}

/**
 * `count` crash states, at random from a seed after the two extremes: nothing unsynced survives, and all of it.
 * @param tear the probability that a surviving sector is torn.
 */
export function* sampleCrashes(
  disk: SimulatedDisk,
  count: number,
  seed: number,
  tear = 0,
): Generator<SimulatedDisk, void, undefined> {
  const seeds = new SeededRandom(seed)
  for (let index = 0; index < count; index++) {
    if (index === 0) yield disk.crash(dropAll)
    else if (index === 1) yield disk.crash(keepAll)
    else yield disk.crash(randomChoice(seeds.uint32(), tear))
  }
}

/** Every crash state if there are at most `limit`, else a sample of `limit`. */
export function crashStates(disk: SimulatedDisk, limit: number, seed: number): SimulatedDisk[] {
  const states: SimulatedDisk[] = []
  const odometer = new Odometer([])
  do {
    if (states.length === limit) return [...sampleCrashes(disk, limit, seed)]
    states.push(disk.crash(odometer))
  } while (odometer.next())
  return states
}
