import { lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type CheckpointFile,
  type CheckpointReadPorts,
  isUnusable,
  listCheckpoints,
  verifyCheckpoint,
} from '../../src/checkpoint/checkpoint-files.ts'
import type { PassedOver } from '../../src/checkpoint/newest-checkpoint.ts'
import { RingwalError } from '../../src/errors.ts'
import { type CheckpointHeader, createDigests } from '../../src/format/index.ts'
import { createReadPorts, type ReadPorts, viewLog } from '../../src/read/log-view.ts'
import type { SegmentListing } from '../../src/storage/segment-directory.ts'
import { verifyLog } from '../../src/verify/verify-log.ts'
import type { VerifyReport } from '../../src/verify/verify-report.ts'

/** What is looked at to tell a log's health: header pages, the newest segment's records, the newest checkpoint. */
export interface LogLook {
  /** Names in the directory, and the disk space that they take. */
  readonly names: readonly string[]
  readonly bytesOnDisk: number
  readonly listing: SegmentListing
  /** Of the newest segment alone; undefined if there is none. */
  readonly newest: VerifyReport | undefined
  /** Highest LSN that is there; 0 for none. */
  readonly lastLsn: number
  readonly freeBytes: number
  readonly checkpoints: CheckpointLook
}

export interface CheckpointLook {
  readonly count: number
  /** The newest that verifies to its last byte and is of this log. */
  readonly newest: CheckpointHeader | undefined
  /** Newer ones that can not be used. */
  readonly passedOver: readonly PassedOver[]
}

type Ports = ReadPorts & CheckpointReadPorts

/** A live log changes while it is looked at: what was seen at different times may contradict itself. */
const ATTEMPTS_MAX = 3

/** @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_FORMAT; ERR_RINGWAL_IO where the directory can not be looked at */
export async function lookAtLog(dir: string): Promise<LogLook> {
  const path = resolve(dir)
  const ports: Ports = { ...(await createReadPorts()), newDigest: await createDigests() }
  for (let attempt = 1; ; attempt++) {
    const files = listCheckpoints(ports.fs, path)
    try {
      const look = await lookOnce(ports, path, files)
      const isStill = namesOf(listCheckpoints(ports.fs, path)) === namesOf(files)
      if (isStill || attempt === ATTEMPTS_MAX) return look
    } catch (error) {
      if (!isGone(error) || attempt === ATTEMPTS_MAX) throw error
    }
  }
}

/** Whether a file was retired since it was listed. */
function isGone(error: unknown): boolean {
  return (
    error instanceof RingwalError && (error.code === 'ERR_RINGWAL_RETIRED' || error.code === 'ERR_RINGWAL_NOT_FOUND')
  )
}

/** @param files listed before the segments: so the records up to each checkpoint are there when its turn comes */
async function lookOnce(ports: Ports, dir: string, files: readonly CheckpointFile[]): Promise<LogLook> {
  const listing = viewLog(ports, dir)
  const last = listing.segments.at(-1)
  const newest = last && (await verifyLog(join(dir, last.name)))
  const names = ports.fs.list(dir)
  return {
    names,
    bytesOnDisk: sizeOnDisk(dir, names),
    listing,
    newest,
    lastLsn: Math.max(newest?.lastLsn ?? 0, last?.header.previous.lastLsn ?? 0),
    freeBytes: ports.fs.freeBytes(dir),
    checkpoints: lookAtCheckpoints(ports, files, last?.header.logId),
  }
}

function lookAtCheckpoints(ports: Ports, files: readonly CheckpointFile[], logId: string | undefined): CheckpointLook {
  const passedOver: PassedOver[] = []
  for (const file of files) {
    const found = verified(ports, file, logId)
    if (typeof found !== 'string') return { count: files.length, newest: found, passedOver }
    // A live writer removes those that newer ones replace.
    if (ports.fs.statPath(file.path) === undefined) continue
    passedOver.push({ lsn: file.lsn, name: file.name, reason: found })
  }
  return { count: files.length, newest: undefined, passedOver }
}

/** The header of a checkpoint that can be used; else why it can not. */
function verified(ports: Ports, file: CheckpointFile, logId: string | undefined): CheckpointHeader | string {
  try {
    const header = verifyCheckpoint(ports, file)
    return logId === undefined || header.logId === logId ? header : `it belongs to log ${header.logId}`
  } catch (error) {
    if (!isUnusable(error)) throw error
    return error.message
  }
}

function namesOf(files: readonly CheckpointFile[]): string {
  return files.map(({ name }) => name).join()
}

function sizeOnDisk(dir: string, names: readonly string[]): number {
  const blocks = names.map((name) => lstatSync(join(dir, name), { throwIfNoEntry: false })?.blocks ?? 0)
  return blocks.reduce((sum, count) => sum + count * 512, 0)
}
