/** Sectors of a simulated file: the versions that may survive a power cut, and how one is put together. */
import type { SectorAnswer } from './simulated-disk-crash.ts'
import { type Fingerprint, fingerprintOf } from './simulated-disk-print.ts'

export const SECTOR_BYTES = 512

/** The bytes of a sector as they were stored once. They never change, so what is known of them can be kept. */
export class StoredSector {
  readonly bytes: Uint8Array
  #print: Fingerprint | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get print(): Fingerprint {
    this.#print ??= fingerprintOf(this.bytes)
    return this.#print
  }
}

/** `undefined` is a hole and reads as zeros. */
export type Sector = StoredSector | undefined

export interface SectorVersion {
  readonly bytes: Sector
  /** When it was written, to tell whether a truncation came later. */
  readonly order: number
}

/** A sector whose live bytes are not, or not surely, the durable ones. */
export interface UnsyncedSector {
  base: SectorVersion
  /** Oldest first. Empty: only `base` can survive. */
  readonly versions: SectorVersion[]
  /** A failed sync marked it clean: no later sync makes these bytes durable, only a new write does. */
  lost: boolean
}

export interface SizeVersion {
  readonly size: number
  readonly order: number
  readonly shrinks: boolean
}

/** Whether it matters what of a sector survives: zeros over a hole, or the same bytes again, leave no choice. */
export function differs({ base, versions }: UnsyncedSector): boolean {
  const print = base.bytes?.print ?? 0
  return versions.some(({ bytes }) => (bytes?.print ?? 0) !== print)
}

export function sectorsOf(size: number): number {
  return Math.ceil(size / SECTOR_BYTES)
}

export function shrinksOf(sizes: readonly SizeVersion[]): readonly SizeVersion[] {
  return sizes.filter((version) => version.shrinks)
}

/** The bytes of one sector that an answer names, with every truncation that survived and came after them. */
export function surviving(
  sector: UnsyncedSector,
  answer: SectorAnswer,
  shrinks: readonly SizeVersion[],
  index: number,
): Sector {
  const version = (number: number) => cutBy(shrinks, number === 0 ? sector.base : sector.versions[number - 1]!, index)
  if (typeof answer === 'number') return version(answer)
  const torn = new Uint8Array(SECTOR_BYTES)
  const over = version(answer.over ?? 0)
  const head = version(answer.version)
  if (over !== undefined) torn.set(over.bytes)
  if (head !== undefined) torn.set(head.bytes.subarray(0, answer.at))
  else torn.fill(0, 0, answer.at)
  return new StoredSector(torn)
}

export function cutBy(shrinks: readonly SizeVersion[], version: SectorVersion, index: number): Sector {
  let bytes = version.bytes
  for (const shrink of shrinks) if (shrink.order > version.order) bytes = cut(bytes, index, shrink.size)
  return bytes
}

/** A sector of which nothing at or behind `size` is left. */
export function cut(sector: Sector, index: number, size: number): Sector {
  const kept = size - index * SECTOR_BYTES
  if (kept <= 0) return undefined
  if (sector === undefined || kept >= SECTOR_BYTES) return sector
  const bytes = new Uint8Array(SECTOR_BYTES)
  bytes.set(sector.bytes.subarray(0, kept))
  return new StoredSector(bytes)
}
