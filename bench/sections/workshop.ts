import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freeBytes, settle } from '../measure/disk-files.ts'
import type { BenchOptions } from '../options.ts'
import type { Skipped } from '../result.ts'

/** A directory on the disk in question, where every section makes its files. */
export class Workshop {
  readonly options: BenchOptions
  readonly root: string
  readonly skipped: Skipped[] = []
  private made = 0
  private readonly stops: (() => void)[] = []

  constructor(options: BenchOptions, root: string) {
    this.options = options
    this.root = root
  }

  /** A path at which nothing stands. */
  place(name: string): string {
    this.made++
    return join(this.root, `${String(this.made).padStart(4, '0')}-${name}`)
  }

  /**
   * Removes what a measurement made there, unless it is to be kept. What freeing the blocks costs the disk is not to fall
   * into the next measurement.
   */
  discard(path: string): void {
    if (!this.options.keep) rmSync(path, { recursive: true, force: true })
    settle(this.root)
  }

  /** What is to be ended if the benchmark is interrupted. */
  atStop(stop: () => void): void {
    this.stops.push(stop)
  }

  stop(): void {
    for (const stop of this.stops) stop()
  }

  /** Told aloud, once for each thing that is not measured. */
  skip(what: string, reason: string): void {
    if (!this.skipped.some((one) => one.what === what)) this.skipped.push({ what, reason })
  }

  /** Whether the disk has room for so many bytes. If not, what needs them is skipped. */
  hasRoomFor(what: string, bytes: number): boolean {
    const free = freeBytes(this.root)
    if (free >= bytes + RESERVE_BYTES) return true
    this.skip(what, `it takes ${gigabytes(bytes)}, and the disk has ${gigabytes(free)} free`)
    return false
  }
}

/** Is left to others. */
const RESERVE_BYTES = 1 << 30

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
