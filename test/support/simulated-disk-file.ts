/**
 * One regular file of the simulated disk: what a process reads now, and what a power cut may leave.
 *
 * Data persists by sector, the size by itself. A stored sector is never changed in place, so a fork or a crash state
 * shares it and copies only the list of references.
 */
import type { CrashChoice } from './simulated-disk-crash.ts'
import { type Fingerprint, FingerprintSum } from './simulated-disk-print.ts'
import {
  cut,
  cutBy,
  differs,
  SECTOR_BYTES,
  type Sector,
  type SizeVersion,
  StoredSector,
  sectorsOf,
  shrinksOf,
  surviving,
  type UnsyncedSector,
} from './simulated-disk-sector.ts'

export class SimulatedFile {
  readonly kind = 'file'
  readonly id: number
  /** The last name it was given, for choices and messages. */
  path: string
  links = 0
  size = 0
  modifiedMs: number
  #durableModifiedMs: number
  #durableSize = 0
  #sectors: Sector[] = []
  #unsynced = new Map<number, UnsyncedSector>()
  /** Pending sizes, oldest first. */
  #sizes: SizeVersion[] = []
  #order = 0
  /** Sectors that take space, or −1 where nobody counted yet. */
  #allocated = 0

  constructor(id: number, path: string, nowMs: number) {
    this.id = id
    this.path = path
    this.modifiedMs = nowMs
    this.#durableModifiedMs = nowMs
  }

  read(into: Uint8Array, at: number, length: number, position: number): number {
    const end = Math.min(position + length, this.size)
    let from = position
    while (from < end) {
      const index = Math.floor(from / SECTOR_BYTES)
      const start = index * SECTOR_BYTES
      const to = Math.min(end, start + SECTOR_BYTES)
      const sector = this.#sectors[index]
      const target = at + from - position
      if (sector === undefined) into.fill(0, target, target + to - from)
      else into.set(to - from === SECTOR_BYTES ? sector.bytes : sector.bytes.subarray(from - start, to - start), target)
      from = to
    }
    return Math.max(0, end - position)
  }

  write(from: Uint8Array, at: number, length: number, position: number): void {
    if (length === 0) return
    const end = position + length
    const first = Math.floor(position / SECTOR_BYTES)
    const last = Math.floor((end - 1) / SECTOR_BYTES)
    const bytes = new Uint8Array((last - first + 1) * SECTOR_BYTES)
    for (const index of [first, last]) {
      const old = this.#sectors[index]
      if (old !== undefined) bytes.set(old.bytes, (index - first) * SECTOR_BYTES)
    }
    bytes.set(from.subarray(at, at + length), position - first * SECTOR_BYTES)
    this.#order++
    for (let index = first; index <= last; index++) {
      const start = (index - first) * SECTOR_BYTES
      this.#put(index, new StoredSector(bytes.subarray(start, start + SECTOR_BYTES)))
    }
    if (end > this.size) this.#resize(end)
  }

  truncate(size: number): void {
    if (size === this.size) return
    this.#order++
    for (let index = Math.floor(size / SECTOR_BYTES); index < this.#sectors.length; index++) {
      const sector = this.#sectors[index]
      if (sector === undefined) continue
      this.#unsyncedAt(index)
      this.#sectors[index] = cut(sector, index, size)
    }
    this.#sectors.length = Math.min(this.#sectors.length, sectorsOf(size))
    this.#allocated = -1
    this.#resize(size)
  }

  /** How many bytes of a write fit before it needs more than `free` new sectors. */
  fitting(position: number, length: number, free: number): number {
    let left = free
    for (let index = Math.floor(position / SECTOR_BYTES); index * SECTOR_BYTES < position + length; index++) {
      if (this.#sectors[index] === undefined && left-- === 0) return Math.max(0, index * SECTOR_BYTES - position)
    }
    return length
  }

  allocatedBytes(): number {
    if (this.#allocated < 0) this.#allocated = this.#sectors.filter((sector) => sector !== undefined).length
    return this.#allocated * SECTOR_BYTES
  }

  /** A sync that succeeded. @param metadata whether the time of change is covered too. */
  commit(metadata: boolean): void {
    const shrinks = shrinksOf(this.#sizes)
    for (const [index, sector] of this.#unsynced) {
      if (!sector.lost || sector.versions.length > 0 || index >= sectorsOf(this.size)) this.#unsynced.delete(index)
      else sector.base = { bytes: cutBy(shrinks, sector.base, index), order: this.#order }
    }
    this.#sizes = []
    this.#durableSize = this.size
    if (metadata) this.#durableModifiedMs = this.modifiedMs
  }

  /**
   * A sync that failed. Linux marks the pages clean all the same: their bytes stay readable, and no later sync writes
   * them. The size is journalled apart from the data and stays pending.
   * @param reached which sectors had reached the disk before the failure.
   */
  failCommit(reached: CrashChoice): void {
    const shrinks = shrinksOf(this.#sizes)
    for (const [index, sector] of this.#unsynced) {
      if (sector.versions.length === 0) continue
      const answer = reached.sector(sector.versions.length, this, index)
      if (answer !== 0) sector.base = { bytes: surviving(sector, answer, shrinks, index), order: this.#order }
      sector.versions.length = 0
      sector.lost = true
    }
  }

  /** The file as the power cut leaves it: live and durable are the same. Asks only for what can still be seen. */
  survivor(choice: CrashChoice): SimulatedFile {
    const after = new SimulatedFile(this.id, this.path, this.#durableModifiedMs)
    const kept = this.#sizes.length === 0 ? 0 : choice.size(this.#sizes.length, this)
    after.size = kept === 0 ? this.#durableSize : this.#sizes[kept - 1]!.size
    after.#durableSize = after.size
    after.#allocated = -1
    const shrinks = shrinksOf(this.#sizes.slice(0, kept))
    const count = sectorsOf(after.size)
    const sectors = this.#sectors.slice(0, count)
    for (const [index, sector] of this.#unsynced) {
      if (index >= count) continue
      const isOpen = sector.versions.length > 0 && (shrinks.length > 0 || differs(sector))
      const answer = isOpen ? choice.sector(sector.versions.length, this, index) : 0
      sectors[index] = surviving(sector, answer, shrinks, index)
    }
    // Bytes of a surviving sector behind a size that did not grow with it are not part of the file.
    if (count > 0 && this.#sizes.length > 0) sectors[count - 1] = cut(sectors[count - 1], count - 1, after.size)
    after.#sectors = sectors
    return after
  }

  fork(): SimulatedFile {
    const twin = new SimulatedFile(this.id, this.path, this.modifiedMs)
    twin.links = this.links
    twin.size = this.size
    twin.#durableModifiedMs = this.#durableModifiedMs
    twin.#durableSize = this.#durableSize
    twin.#sectors = this.#sectors.slice()
    for (const [index, sector] of this.#unsynced) {
      twin.#unsynced.set(index, { base: sector.base, versions: sector.versions.slice(), lost: sector.lost })
    }
    twin.#sizes = this.#sizes.slice()
    twin.#order = this.#order
    twin.#allocated = this.#allocated
    return twin
  }

  /** Tells apart what can be read now. */
  get print(): Fingerprint {
    const print = new FingerprintSum(this.size, this.links)
    this.#sectors.forEach((sector, index) => {
      if (sector !== undefined) print.add(index, sector.print)
    })
    return print.value
  }

  /** Replaces the whole content, durable at once. */
  plant(bytes: Uint8Array): void {
    this.truncate(0)
    this.write(bytes, 0, bytes.length, 0)
    this.commit(true)
  }

  /** Turns one bit over, in the live bytes and in all that may survive. */
  flipBit(offset: number, bit: number): void {
    const index = Math.floor(offset / SECTOR_BYTES)
    const flip = (sector: Sector): Sector => {
      const bytes = new Uint8Array(SECTOR_BYTES)
      if (sector !== undefined) bytes.set(sector.bytes)
      bytes[offset % SECTOR_BYTES]! ^= 1 << bit
      return new StoredSector(bytes)
    }
    this.#sectors[index] = flip(this.#sectors[index])
    this.#allocated = -1
    const unsynced = this.#unsynced.get(index)
    if (unsynced === undefined) return
    unsynced.base = { bytes: flip(unsynced.base.bytes), order: unsynced.base.order }
    unsynced.versions.forEach(({ bytes, order }, at) => {
      unsynced.versions[at] = { bytes: flip(bytes), order }
    })
  }

  #put(index: number, sector: StoredSector): void {
    this.#unsyncedAt(index).versions.push({ bytes: sector, order: this.#order })
    if (this.#sectors[index] === undefined && this.#allocated >= 0) this.#allocated++
    this.#sectors[index] = sector
  }

  #unsyncedAt(index: number): UnsyncedSector {
    let unsynced = this.#unsynced.get(index)
    if (unsynced === undefined) {
      unsynced = { base: { bytes: this.#sectors[index], order: 0 }, versions: [], lost: false }
      this.#unsynced.set(index, unsynced)
    }
    return unsynced
  }

  #resize(size: number): void {
    this.#sizes.push({ size, order: this.#order, shrinks: size < this.size })
    this.size = size
  }
}
