/** Archives of logs on a simulated disk, and logs restored from them. */
import { createHash } from 'node:crypto'
import { type ArchiveOptions, type ArchiveReport, archive, archiveOptions } from '../../src/archive/archive-log.ts'
import type { ArchivePorts, RestorePorts } from '../../src/archive/archive-ports.ts'
import { DirectoryTarget } from '../../src/archive/directory-target.ts'
import { restore } from '../../src/archive/restore-log.ts'
import { planRestore, type RestoreOptions } from '../../src/archive/restore-options.ts'
import type { RestoreReport } from '../../src/archive/restore-report.ts'
import { createDigests } from '../../src/format/index.ts'
import { repairPorts } from '../repair/repair-kit.ts'
import { LOG_DIR } from '../support/log-harness.ts'
import { readPorts } from '../support/log-records.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'

export const ARCHIVE = '/archive'
export const OUT = '/restored'

export const newDigest: Awaited<ReturnType<typeof createDigests>> = await createDigests()
let drawn = 0

/** Other digits at each call. */
function random(bytes: number): string {
  return createHash('sha256')
    .update(String(++drawn))
    .digest('hex')
    .slice(0, 2 * bytes)
}

export function archivePorts(disk: SimulatedDisk): ArchivePorts {
  return { ...readPorts(disk), newDigest, random, now: () => Date.UTC(2026, 10, 21, 12) }
}

export function restorePorts(disk: SimulatedDisk): RestorePorts {
  return { ...repairPorts(disk), newDigest }
}

export function targetOn(disk: SimulatedDisk, dir: string = ARCHIVE): DirectoryTarget {
  return new DirectoryTarget(disk, dir, random)
}

/** Archives the log of a disk to the same disk. */
export function archiveOn(disk: SimulatedDisk, options: ArchiveOptions = {}): Promise<ArchiveReport> {
  return archive(archivePorts(disk), LOG_DIR, targetOn(disk), archiveOptions(options))
}

/** Restores what a disk's archive has, unless told otherwise to OUT. */
export function restoreOn(disk: SimulatedDisk, options: Partial<RestoreOptions> = {}): Promise<RestoreReport> {
  return restore(restorePorts(disk), targetOn(disk), planRestore({ output: OUT, ...options }))
}

/** The error of a promise; undefined if it had none. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}
