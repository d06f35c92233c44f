import { resolve } from 'node:path'
import {
  type CheckpointFile,
  type CheckpointReadPorts,
  isUnusable,
  listCheckpoints,
  verifyCheckpoint,
} from '../checkpoint/checkpoint-files.ts'
import type { PassedOver } from '../checkpoint/newest-checkpoint.ts'
import { integerOption, optionError, RingwalError } from '../errors.ts'
import { type CheckpointHeader, createDigests } from '../format/index.ts'
import { createReadPorts, viewLog } from '../read/log-view.ts'
import { lowestNeed, needName, needOf } from '../retention/need.ts'
import { listPositions } from '../retention/position-files.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import type { StoredSegment } from '../storage/segment-directory.ts'
import { KEEP_DEFAULT, KEEP_MAX } from './checkpoint-options.ts'
import { Wal } from './wal.ts'

export interface CompactOptions {
  /** How many checkpoints of each label are kept: 1 to 1000, 2 by default. Only those count that verify, to the last byte. */
  readonly keep?: number
  /** Only tell what would be done. */
  readonly dryRun?: boolean
}

export interface KeptCheckpoint {
  readonly lsn: number
  readonly name: string
  readonly label: string
  /** Of the snapshot. */
  readonly bytes: number
}

/** What was, or would be, given up. */
export interface CompactReport {
  readonly dir: string
  readonly dryRun: boolean
  /** The newest first. */
  readonly kept: readonly KeptCheckpoint[]
  /** Checkpoints that can not be used; they stay where they are. */
  readonly passedOver: readonly PassedOver[]
  /** Names of checkpoints that others make needless. */
  readonly removed: readonly string[]
  /** Records above it are in no kept checkpoint of some label, and stay. */
  readonly neededLsn: number
  readonly segments: number
  /** Of the segments' files. */
  readonly bytes: number
  /** First LSN that the log has then. */
  readonly firstLsn: number
  /** The consumer whose position keeps some of what no checkpoint needs: `position <name>`; null if none does. */
  readonly heldBy: string | null
}

const KNOWN: readonly string[] = ['keep', 'dryRun']
/** Nothing is appended: the segment that the steward makes ahead is the smallest there can be. */
const SEGMENT_BYTES = 65_536

/**
 * Gives up what a log's checkpoints make needless: whole segments, and older checkpoints. Every checkpoint that counts is read and
 * checked first. Nobody else may have the log open.
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no log, or no checkpoint that can be used; ERR_RINGWAL_DAMAGED if one is
 *   ahead of the log; and as `Wal.open` and `wal.truncateBefore` do
 */
export async function compactLog(dir: string, options: CompactOptions = {}): Promise<CompactReport> {
  const { keep, dryRun } = resolveCompact(options)
  const path = resolve(dir)
  const ports = { ...(await createReadPorts()), newDigest: await createDigests() }
  const { segments } = viewLog(ports, path)
  const survey = surveyCheckpoints(ports, path, keep, segments[0]?.header.logId)
  const { kept, surplus, passedOver } = survey
  if (kept.length === 0) throw noneOfUse(path, passedOver)
  const neededLsn = kept.at(-1)!.lsn
  const facts = { dir: path, dryRun, kept, passedOver, removed: surplus.map(({ name }) => name), neededLsn }
  if (dryRun) {
    const need = lowestNeed(listPositions(ports, path, segments[0]?.header.logId).map(needOf))
    const heldBy = need === undefined || need.lsn > neededLsn ? null : needName(need)
    return { ...facts, ...retirable(segments, Math.min(neededLsn, (need?.lsn ?? Infinity) - 1)), heldBy }
  }
  const wal = await Wal.open({ dir: path, segmentBytes: SEGMENT_BYTES })
  try {
    if (kept[0]!.lsn > wal.lastLsn) throw aheadOfLog(kept[0]!, wal.lastLsn)
    const retired = await wal.truncateBefore(neededLsn + 1)
    for (const file of surplus) nodeFileSystem.remove(file.path)
    const { segments: count, bytes, firstLsn, heldBy } = retired
    return { ...facts, segments: count, bytes, firstLsn, heldBy }
  } finally {
    await wal.close()
  }
}

function resolveCompact(options: CompactOptions): Required<CompactOptions> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { keep = KEEP_DEFAULT, dryRun = false } = options
  if (typeof dryRun !== 'boolean') throw optionError('dryRun', dryRun, 'true or false')
  return { keep: integerOption('keep', keep, 1, KEEP_MAX), dryRun }
}

interface CheckpointSurvey {
  readonly kept: readonly KeptCheckpoint[]
  readonly surplus: readonly CheckpointFile[]
  readonly passedOver: readonly PassedOver[]
}

function surveyCheckpoints(
  ports: CheckpointReadPorts,
  dir: string,
  keep: number,
  logId: string | undefined,
): CheckpointSurvey {
  const kept: KeptCheckpoint[] = []
  const surplus: CheckpointFile[] = []
  const passedOver: PassedOver[] = []
  for (const file of listCheckpoints(ports.fs, dir)) {
    const { lsn, name } = file
    const header = verified(ports, file, logId)
    if (typeof header === 'string') passedOver.push({ lsn, name, reason: header })
    else if (kept.filter(({ label }) => label === header.label).length === keep) surplus.push(file)
    else kept.push({ lsn, name, label: header.label, bytes: header.bytes })
  }
  return { kept, surplus, passedOver }
}

/** What the header says of a checkpoint that is whole and of this log; else why it is of no use. */
function verified(
  ports: CheckpointReadPorts,
  file: CheckpointFile,
  logId: string | undefined,
): CheckpointHeader | string {
  try {
    const header = verifyCheckpoint(ports, file)
    return logId === undefined || header.logId === logId ? header : `it belongs to log ${header.logId}`
  } catch (error) {
    if (!isUnusable(error)) throw error
    return error.message
  }
}

/** Segments whose records are all in a checkpoint: those whose successor begins at or below it. */
function retirable(
  segments: readonly StoredSegment[],
  neededLsn: number,
): Pick<CompactReport, 'segments' | 'bytes' | 'firstLsn'> {
  const first = segments.findLastIndex(({ header }, i) => i === 0 || header.firstLsn <= neededLsn + 1)
  const retired = segments.slice(0, Math.max(0, first))
  const bytes = retired.reduce((sum, { size }) => sum + size, 0)
  return { segments: retired.length, bytes, firstLsn: segments[first]?.header.firstLsn ?? 0 }
}

function noneOfUse(dir: string, passedOver: readonly PassedOver[]): RingwalError {
  const [first] = passedOver
  const why = first === undefined ? 'there is none' : `${first.name}: ${first.reason}`
  const message = `no checkpoint of ${dir} can be used, so nothing is given up (${why})`
  return new RingwalError('ERR_RINGWAL_NOT_FOUND', message, { dir, passedOver })
}

function aheadOfLog({ name, lsn }: KeptCheckpoint, lastLsn: number): RingwalError {
  const message = `checkpoint ${name} is ahead of the log, which ends at LSN ${lastLsn}: records are missing; run: ringwal verify`
  return new RingwalError('ERR_RINGWAL_DAMAGED', message, { lsn, lastLsn })
}
