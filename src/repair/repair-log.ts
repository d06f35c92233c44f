import { resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import { parseSegmentName } from '../format/index.ts'
import { findInterruptedRepair } from '../storage/interrupted-repair.ts'
import { listSegments, type SegmentListing } from '../storage/segment-directory.ts'
import type { StagingDirectory } from '../storage/staging-directory.ts'
import { finishRepair, repairInPlace } from './in-place.ts'
import { intoNewDirectory, requireOutput } from './output-directory.ts'
import { planOptions, type RepairOptions, type RepairRequest } from './repair-options.ts'
import { planRepair } from './repair-plan.ts'
import { createRepairPorts, type RepairPorts } from './repair-ports.ts'
import { buildReport, type RepairReport } from './repair-report.ts'
import { holdLog, requireDirectory, requireReachable } from './source-directory.ts'
import { writeLog } from './write-log.ts'

/**
 * Makes a clean log of a damaged one: every record that verifies, under its LSN, with tombstones for those that are lost.
 * The files of the log are only read. Repairing twice changes nothing more.
 *
 * Takes the log's lock meanwhile (for `dryRun` only looks at it). Memory: 1 MiB, or the longest frame, and 1 MiB for writing;
 * of lost ranges, 10,000.
 *
 * @param dir the log's directory
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_LOCKED if a writer has it open; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_FORMAT;
 *   ERR_RINGWAL_IO. Then nothing was changed, but for what an error that names two directories tells
 */
export async function repairLog(dir: string, options: RepairOptions): Promise<RepairReport> {
  return repair(await createRepairPorts(), resolve(dir), planOptions(options))
}

/** The same on any disk. @param dir absolute */
export async function repair(ports: RepairPorts, dir: string, request: RepairRequest): Promise<RepairReport> {
  const { target } = request
  if (target.kind === 'in-place') {
    const interrupted = findInterruptedRepair(ports.fs, dir)
    if (interrupted !== undefined) return finishRepair(ports, dir, interrupted)
  }
  requireDirectory(ports.fs, dir)
  if (target.kind === 'output') requireOutput(ports.fs, resolve(target.dir), dir)
  const lock = await holdLog(ports, dir, target.kind)
  try {
    const run = new RepairRun(ports, dir, request, lock === undefined)
    if (target.kind === 'none') return await run.fill(undefined, { output: null, originals: null })
    if (target.kind === 'in-place')
      return await repairInPlace(ports, dir, lock!, (staging, originals) =>
        run.fill(staging, { output: dir, originals }),
      )
    const output = resolve(target.dir)
    return await intoNewDirectory(ports, output, (staging) => run.fill(staging, { output, originals: null }))
  } finally {
    await lock?.release()
  }
}

class RepairRun {
  private readonly ports: RepairPorts
  private readonly dir: string
  private readonly request: RepairRequest
  private readonly isUnlocked: boolean

  constructor(ports: RepairPorts, dir: string, request: RepairRequest, isUnlocked: boolean) {
    this.ports = ports
    this.dir = dir
    this.request = request
    this.isUnlocked = isUnlocked
  }

  async fill(
    staging: StagingDirectory | undefined,
    places: Pick<RepairReport, 'output' | 'originals'>,
  ): Promise<RepairReport> {
    const { ports, dir, request } = this
    const listing = listSegments(ports.fs, dir, ports.checker)
    requireReachable(ports.fs, dir, listing)
    if (listing.segments.length === 0) {
      const message = `there is no segment in ${dir} of which anything can be read`
      throw new RingwalError('ERR_RINGWAL_NOT_FOUND', message, { dir, problems: listing.problems })
    }
    const plan = await planRepair(ports, listing, request)
    const written = await writeLog(ports, plan.tasks, staging, request)
    return buildReport({
      ...{ ...plan, ...written, ...places, command: 'repair', sources: [dir], dryRun: staging === undefined },
      time: new Date(ports.now()).toISOString(),
      notes: this.notes(listing, staging === undefined),
    })
  }

  private notes(listing: SegmentListing, isDryRun: boolean): string[] {
    const { ports, dir } = this
    const notes: string[] = []
    if (this.isUnlocked && !isDryRun)
      notes.push(
        'The file system of the log is read-only: the lock could not be taken. A writer elsewhere would go unnoticed.',
      )
    const others = ports.fs.list(dir).filter((name) => parseSegmentName(name) === undefined && !isLockName(name))
    const leftovers = listing.leftovers.map(({ name }) => name)
    if (leftovers.length > 0) notes.push(`Files made ahead, that hold nothing, were not copied: ${listed(leftovers)}.`)
    if (others.length > 0) notes.push(`Files that are no segments were not copied: ${listed(others)}.`)
    return notes
  }
}

const LOCK_NAME = /^LOCK(\..*)?$/
const NAMES_MAX = 20

function isLockName(name: string): boolean {
  return LOCK_NAME.test(name)
}

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, NAMES_MAX)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
