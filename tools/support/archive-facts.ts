import { resolve } from 'node:path'
import { findPlace } from '../../src/archive/log-place.ts'
import type { Manifest } from '../../src/archive/manifest.ts'
import { newestBackup } from '../../src/archive/newest-backup.ts'
import { openTarget } from '../../src/archive/open-target.ts'
import { RingwalError } from '../../src/errors.ts'
import { createReadPorts, viewLog } from '../../src/read/log-view.ts'
import { readWal } from '../../src/read/read-wal.ts'
import { lookUntilStill } from '../../src/read/retired.ts'
import { asRingwalError } from './failure.ts'

/** How far an archive is behind a log. */
export interface ArchiveFacts {
  readonly archive: string
  /** Last LSN of its newest backup; 0 if it has none, or can not be read. */
  readonly lastLsn: number
  /** Durable LSNs, as the log's files prove them, that it lacks. */
  readonly lagLsns: number
  /** How old the oldest of these records is, in milliseconds; 0 if there is none. */
  readonly lagMs: number
  /** Why the log can not be restored from it up to there; null if it can, as far as that shows. */
  readonly problem: string | null
}

/**
 * Reads the archive's newest manifest, and one record.
 * @param archive as `--archive` says it
 * @param durableLsn as the log's files prove it
 * @throws ERR_RINGWAL_OPTION for what can be no archive; what else is wrong with it is its `problem`
 */
export async function archiveFacts(
  dir: string,
  archive: string,
  durableLsn: number,
  nowMs: number,
): Promise<ArchiveFacts> {
  const target = await openTarget(archive, '--archive')
  const facts = { archive: target.name, lastLsn: 0, lagLsns: durableLsn, lagMs: 0 }
  try {
    const newest = (await newestBackup(target))?.manifest
    const lastLsn = newest?.end.lsn ?? 0
    const lagLsns = Math.max(0, durableLsn - lastLsn)
    const problem = newest === undefined ? noBackup(durableLsn) : await contradiction(dir, newest)
    const lagMs = lagLsns > 0 && problem === null ? nowMs - (await timeBehind(dir, lastLsn)) : 0
    return { ...facts, lastLsn, lagLsns, lagMs: Math.max(0, lagMs), problem }
  } catch (error) {
    return { ...facts, problem: asRingwalError(error).message }
  }
}

/** A log without records needs none. */
function noBackup(durableLsn: number): string | null {
  return durableLsn === 0 ? null : 'there is no backup in it'
}

/** @throws ERR_RINGWAL_SEGMENTS if the archive is of another log, or of another history of this one */
async function contradiction(dir: string, { logId, end }: Manifest): Promise<string | null> {
  const ports = await createReadPorts()
  return lookUntilStill(() => {
    const { segments } = viewLog(ports, resolve(dir))
    const [first] = segments
    if (first === undefined) return 'it has records, and the log has none'
    if (first.header.logId !== logId)
      throw new RingwalError('ERR_RINGWAL_SEGMENTS', `it is the archive of log ${logId}`, { logId })
    if (findPlace(ports, segments, end) === 'there') return null
    return `LSN ${end.lsn + 1} to ${first.header.firstLsn - 1} were retired before they were archived`
  })
}

/** When the first record behind an LSN was appended: milliseconds since the Unix epoch. */
async function timeBehind(dir: string, lsn: number): Promise<number> {
  for await (const { time } of readWal(dir, { from: lsn + 1 })) return Number(time / 1_000_000n)
  return Number.POSITIVE_INFINITY
}
