import { resolve, sep } from 'node:path'
import type { PassedOver } from '../checkpoint/newest-checkpoint.ts'
import { optionError, RingwalError } from '../errors.ts'
import { viewLog } from '../read/log-view.ts'
import { lookUntilStill } from '../read/retired.ts'
import type { SegmentListing } from '../storage/segment-directory.ts'
import { type ArchivePorts, createArchivePorts } from './archive-ports.ts'
import type { ArchiveTarget } from './archive-target.ts'
import { type BackupSource, BackupWriter, type StoredBackup } from './backup-writer.ts'
import { type BackupSummary, summaryOf } from './catalog.ts'
import { refuseProblems } from './log-damage.ts'
import { partsOf } from './log-parts.ts'
import { findPlace } from './log-place.ts'
import type { Place } from './manifest.ts'
import { newestBackup, requireNewest } from './newest-backup.ts'

export interface ArchiveOptions {
  /** Pack objects with gzip. Takes a core while it does; false by default. */
  readonly compress?: boolean
  /** Store all that the log has once more, so that what comes next does not build upon what came before. */
  readonly full?: boolean
  /** LSN that is known to be durable. The files themselves prove what their sync marks say, which is a little less. */
  readonly durableLsn?: number
  /** Store sealed segments alone: the last one, which still grows, comes another time. False by default. */
  readonly sealedOnly?: boolean
  /** Told of each backup that is stored, at once: what comes later may fail, and take the report with it. */
  readonly onBackup?: (backup: BackupSummary) => void
  /** Told at once of LSNs that were retired before they were archived. */
  readonly onGap?: (gap: LsnGap) => void
}

/** LSNs, both of them among those that are missing. */
export interface LsnGap {
  readonly from: number
  readonly to: number
}

/** What was stored. */
export interface ArchiveReport {
  readonly dir: string
  readonly archive: string
  readonly logId: string
  /** The oldest first; none if there was nothing new. */
  readonly backups: readonly BackupSummary[]
  /** Last LSN of the archive now. */
  readonly lastLsn: number
  /** LSNs that were retired before they were archived; null if none were. */
  readonly gap: LsnGap | null
  /** Checkpoints that can not be used, and are not archived. */
  readonly passedOver: readonly PassedOver[]
}

/** A long run is told in several backups, each whole in itself: what a crash costs is bounded, and so is a manifest. */
const BACKUP_BYTES = 2 ** 30
const BACKUP_OBJECTS = 500

/**
 * Archives what of a log is durable, and not in the archive yet: sealed segments, the synced part of the last one, checkpoints.
 * Takes no lock and changes nothing in the log's directory; works beside a live writer. The first backup is a full one, and so
 * is one behind a gap.
 *
 * @param dir the log's directory
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no log; ERR_RINGWAL_DAMAGED, as damage is not archived (fact `file`), or
 *   if the newest manifest does not verify (fact `object`); ERR_RINGWAL_SEGMENTS if the archive is that of another log, or history;
 *   ERR_RINGWAL_FENCED if somebody else archives to the same place; ERR_RINGWAL_RETIRED if segments were retired faster than
 *   archived: run it again; ERR_RINGWAL_IO. What was stored by then in whole backups stays
 */
export async function archiveLog(
  dir: string,
  target: ArchiveTarget,
  options: ArchiveOptions = {},
): Promise<ArchiveReport> {
  return archive(await createArchivePorts(), resolve(dir), target, archiveOptions(options))
}

const KNOWN: readonly string[] = ['compress', 'full', 'durableLsn', 'sealedOnly', 'onBackup', 'onGap']

/** @throws ERR_RINGWAL_OPTION */
export function archiveOptions(options: ArchiveOptions): Required<ArchiveOptions> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const {
    compress = false,
    full = false,
    durableLsn = 0,
    sealedOnly = false,
    onBackup = ignore,
    onGap = ignore,
  } = options
  for (const [name, value] of Object.entries({ compress, full, sealedOnly }))
    if (typeof value !== 'boolean') throw optionError(name, value, 'true, false')
  for (const [name, value] of Object.entries({ onBackup, onGap }))
    if (typeof value !== 'function') throw optionError(name, value, 'a function')
  if (!Number.isSafeInteger(durableLsn) || durableLsn < 0) throw optionError('durableLsn', durableLsn, 'an LSN')
  return { compress, full, durableLsn, sealedOnly, onBackup, onGap }
}

function ignore(): void {}

/** The same on any disk. @param dir absolute */
export async function archive(
  ports: ArchivePorts,
  dir: string,
  target: ArchiveTarget,
  options: Required<ArchiveOptions>,
): Promise<ArchiveReport> {
  if (`${target.name}${sep}`.startsWith(`${dir}${sep}`))
    throw optionError('archive', target.name, 'a place outside of the log')
  const listing = lookUntilStill(() => viewLog(ports, dir))
  if (listing.segments.length === 0)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no segment in ${dir}`, { dir })
  const run = new ArchiveRun(ports, dir, target, options, listing)
  await run.all()
  return run.report()
}

class ArchiveRun {
  private readonly source: BackupSource
  private readonly options: Required<ArchiveOptions>
  private readonly listing: SegmentListing
  private readonly stored: StoredBackup[] = []
  private readonly passedOver = new Map<string, PassedOver>()
  private newest: StoredBackup | undefined
  private gap: ArchiveReport['gap'] = null

  constructor(
    ports: ArchivePorts,
    dir: string,
    target: ArchiveTarget,
    options: Required<ArchiveOptions>,
    listing: SegmentListing,
  ) {
    const { logId } = listing.segments[0]!.header
    const onPassedOver = (one: PassedOver): void => void this.passedOver.set(one.name, one)
    this.source = { ports, dir, target, logId, encoding: options.compress ? 'gzip' : 'plain', onPassedOver }
    this.options = options
    this.listing = listing
  }

  async all(): Promise<void> {
    const { ports, target } = this.source
    this.newest = await newestBackup(target)
    const end = this.newest?.manifest.end
    if (this.newest !== undefined) this.requireOwn(this.newest)
    const isThere = end !== undefined && findPlace(ports, this.listing.segments, end) === 'there'
    refuseProblems(this.listing, isThere ? end.segment : 0)
    if (isThere) await this.store('incremental', end, undefined)
    else if (end !== undefined) this.noteGap(end.lsn + 1, this.listing.segments[0]!.header.firstLsn - 1)
    // Both end at the same place: what comes next builds upon the one as well as upon the other.
    if (!isThere || this.options.full)
      await this.store('full', undefined, isThere ? this.newest!.manifest.end : undefined)
  }

  report(): ArchiveReport {
    const { source, stored, newest, gap, passedOver } = this
    const { dir, target, logId } = source
    return {
      dir,
      archive: target.name,
      logId,
      backups: stored.map(({ manifest }) => summaryOf(manifest)),
      lastLsn: newest?.manifest.end.lsn ?? 0,
      gap,
      passedOver: [...passedOver.values()],
    }
  }

  private async store(kind: 'full' | 'incremental', from: Place | undefined, to: Place | undefined): Promise<void> {
    const { source, listing, options } = this
    const segments = options.sealedOnly ? listing.segments.slice(0, -1) : listing.segments
    let writer = new BackupWriter(source, kind, this.newest)
    for (const part of partsOf(source.ports, segments, from, to, options.durableLsn)) {
      if (writer.bytes >= BACKUP_BYTES || writer.objects >= BACKUP_OBJECTS) {
        await this.finish(writer)
        writer = new BackupWriter(source, 'incremental', this.newest)
      }
      await writer.add(part)
    }
    if (writer.objects > 0 || writer.hasNewCheckpoints()) await this.finish(writer)
  }

  private async finish(writer: BackupWriter): Promise<void> {
    this.newest = await writer.finish()
    await requireNewest(this.source.target, this.newest)
    this.stored.push(this.newest)
    this.options.onBackup(summaryOf(this.newest.manifest))
  }

  private noteGap(from: number, to: number): void {
    this.gap = { from, to }
    this.options.onGap(this.gap)
  }

  private requireOwn({ manifest: { logId, id } }: StoredBackup): void {
    if (logId === this.source.logId) return
    const message = `${this.source.target.name} is the archive of log ${logId} (backup ${id}), and not of ${this.source.logId}`
    throw new RingwalError('ERR_RINGWAL_SEGMENTS', message, { logId })
  }
}
