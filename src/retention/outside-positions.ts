import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { integerOption, RingwalError } from '../errors.ts'
import { createChecker, type SegmentHeader } from '../format/index.ts'
import { nodeFileSystem } from '../storage/node-file-system.ts'
import { listSegments } from '../storage/segment-directory.ts'
import {
  checkPositionName,
  listPositions,
  type Position,
  type PositionPorts,
  removePosition,
  writePosition,
} from './position-files.ts'
import { retiringLsn } from './retiring-mark.ts'

/*
 * Positions as another process than the one that has the log open sees and moves them: a consumer's own, or an operator's.
 * They take no lock, and change nothing but the position's own file.
 */

/** The positions of a log's consumers, by name. @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO */
export async function readPositions(dir: string): Promise<Position[]> {
  const ports = await createPositionPorts()
  const path = requireDirectory(ports, dir)
  return listPositions(ports, path, firstHeader(ports, path)?.logId)
}

/**
 * Sets how far a consumer has come; durable when it resolves. From then on no retention of the log gives up a record above `lsn`. A
 * position may go back, too, as far as records are there.
 * @param name 1 to 64 of a-z, 0-9, - and _, the first a letter or digit
 * @param lsn the last LSN that the consumer no longer needs, which it knows durable: 0 to 2^53 - 1
 * @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND if there is no log, or nothing in it yet; ERR_RINGWAL_RETIRED if records above `lsn`
 *   are gone already (fact `firstLsn`); ERR_RINGWAL_IO
 */
export async function setPosition(dir: string, name: string, lsn: number): Promise<void> {
  const checked = checkPositionName(name)
  integerOption('lsn', lsn, 0, Number.MAX_SAFE_INTEGER)
  const ports = await createPositionPorts()
  const path = requireDirectory(ports, dir)
  const { logId } = requireKept(ports, path, lsn)
  const record = { logId, name: checked, lsn, set: BigInt(Date.now()) * 1_000_000n }
  const lot = randomBytes(8).toString('hex')
  writePosition(ports, path, record, lot, () => ports.fs.syncDirectory(path))
  const deadline = performance.now() + RETIRING_MS_MAX
  while (retiringLsn(ports.fs, path) > lsn + 1 && performance.now() < deadline) await sleep(RETIRING_LOOK_MS)
  requireLeft(retiringLsn(ports.fs, path), lsn)
  // What was retired before somebody saw the position is gone; what is there now stays.
  requireKept(ports, path, lsn)
}

/** Forgets a consumer. @returns whether there was one. @throws ERR_RINGWAL_OPTION; ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO */
export async function dropPosition(dir: string, name: string): Promise<boolean> {
  const checked = checkPositionName(name)
  const ports = await createPositionPorts()
  const path = requireDirectory(ports, dir)
  return removePosition(ports.fs, path, checked, () => ports.fs.syncDirectory(path))
}

/** How long segments that may be needed are waited for to be retired, or not, and how often it is looked. */
const RETIRING_MS_MAX = 5000
const RETIRING_LOOK_MS = 10

/** What is missing above a position can not be kept for it. */
export function requireLeft(firstLsn: number, lsn: number): void {
  if (firstLsn <= lsn + 1) return
  const message = `LSN ${lsn + 1} to ${firstLsn - 1} are retired already, or about to be: the log begins at LSN ${firstLsn}`
  throw new RingwalError('ERR_RINGWAL_RETIRED', message, { lsn, firstLsn })
}

async function createPositionPorts(): Promise<PositionPorts> {
  return { fs: nodeFileSystem, checker: await createChecker() }
}

/** @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_RETIRED */
function requireKept(ports: PositionPorts, path: string, lsn: number): SegmentHeader {
  const header = firstHeader(ports, path)
  if (header === undefined)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no segment in ${path}`, { dir: path })
  requireLeft(header.firstLsn, lsn)
  return header
}

function firstHeader({ fs, checker }: PositionPorts, path: string): SegmentHeader | undefined {
  return listSegments(fs, path, checker).segments[0]?.header
}

function requireDirectory({ fs }: PositionPorts, dir: string): string {
  const path = resolve(dir)
  if (fs.statPath(path)?.kind !== 'directory')
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no log at ${dir}`, { dir })
  return path
}
