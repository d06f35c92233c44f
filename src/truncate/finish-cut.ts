import { join } from 'node:path'
import { listCheckpoints } from '../checkpoint/checkpoint-files.ts'
import { RingwalError } from '../errors.ts'
import { parseSegmentName, segmentName } from '../format/index.ts'
import type { ReadPorts } from '../read/log-view.ts'
import { surveyFile } from '../read/survey-file.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { listFile, listSegments, type StoredSegment } from '../storage/segment-directory.ts'
import { parseCutName } from './cut-name.ts'

/** A cut that was asked for and is not made, or not to its end. */
interface PendingCut {
  readonly path: string
  readonly segment: StoredSegment
  /** Last LSN that is to be left. */
  readonly lsn: number
}

/**
 * Makes the cut whose copy stands beside a log, if one does: gives up the checkpoints above it, then the segments behind it, the
 * newest first, and puts the copy in its segment's place. Each is durable before the next: a power cut leaves a log that ends
 * at the cut or behind it, and whoever opens it goes on here.
 * @throws ERR_RINGWAL_DAMAGED if the copy does not verify; ERR_RINGWAL_SEGMENTS if it is not of this log; ERR_RINGWAL_IO
 */
export function finishCut(ports: ReadPorts, dir: string): void {
  const { fs, checker } = ports
  if (fs.statPath(dir)?.kind !== 'directory') return
  const names = fs.list(dir)
  for (const name of names.filter((name) => RUBBISH.test(name))) fs.remove(join(dir, name))
  const cut = findCut(
    ports,
    dir,
    names.filter((name) => parseCutName(name) !== undefined),
  )
  if (cut === undefined) return
  const { number, header } = cut.segment
  const { segments } = listSegments(fs, dir, checker)
  requireSame(segments, cut)
  // Behind a cut that was made once an opening may have gone on: it has a higher epoch, and nothing of it is given up.
  const wentOn = segments.some((one) => one.number > number && one.header.epoch > header.epoch)
  if (!wentOn) {
    giveUpCheckpoints(ports, dir, cut.lsn)
    giveUpSegments(ports, dir, number)
  }
  fs.rename(cut.path, join(dir, segmentName(number)))
  fs.syncDirectory(dir)
}

function findCut(ports: ReadPorts, dir: string, names: readonly string[]): PendingCut | undefined {
  const { fs, checker } = ports
  const [name] = names
  if (name === undefined) return undefined
  const path = join(dir, name)
  if (names.length > 1) throw foreign(path, `it is one of ${names.length}`)
  const [segment] = listFile(fs, path, checker).segments
  if (segment?.headerFrom !== 'page' || segmentName(segment.header.number) !== parseCutName(name)) throw damaged(path)
  const { sealed, damage, tornTail, nextLsn, end } = surveyFile(ports, segment)
  if (!sealed || damage.length > 0 || tornTail !== undefined || end !== segment.size) throw damaged(path)
  return { path, segment, lsn: nextLsn - 1 }
}

/** The salt is drawn by lot: no other segment ever had it. */
function requireSame(segments: readonly StoredSegment[], { path, segment }: PendingCut): void {
  const { logId, salt } = segment.header
  const own = segments.find(({ number }) => number === segment.number)
  if (own?.header.logId !== logId || own.header.salt !== salt)
    throw foreign(path, 'the segment is not there, or another one')
}

function giveUpCheckpoints({ fs }: ReadPorts, dir: string, lsn: number): void {
  const above = listCheckpoints(fs, dir).filter((file) => file.lsn > lsn)
  if (above.length > 0)
    giveUp(
      fs,
      dir,
      above.map(({ name }) => name),
    )
}

/** Files made ahead too: whatever has a segment's name behind the cut. */
function giveUpSegments({ fs }: ReadPorts, dir: string, last: number): void {
  const numbers = fs.list(dir).flatMap((name) => parseSegmentName(name) ?? [])
  for (const number of numbers.filter((number) => number > last).sort((a, b) => b - a))
    giveUp(fs, dir, [segmentName(number)])
}

/** What a file is called on its way out: for who opens the log next, rubbish. */
const GIVEN_UP = '.given-up'
/** Also a copy that was never finished. */
const RUBBISH = /^[0-9]{20}\.(rwal|rwck)\.given-up$|^\.[0-9]{20}\.rwal\.cut\.unfinished$/

/**
 * Takes files out of a log, durably. If that can not be made durable they get their names back: a later sync could succeed, and a power
 * cut bring back what the log had gone on without.
 */
function giveUp(fs: FileSystem, dir: string, names: readonly string[]): void {
  const moved: string[] = []
  try {
    for (const name of names) {
      fs.rename(join(dir, name), join(dir, name + GIVEN_UP))
      moved.push(name)
    }
    fs.syncDirectory(dir)
  } catch (error) {
    for (const name of moved) putBack(fs, dir, name)
    throw error
  }
  for (const name of names) fs.remove(join(dir, name + GIVEN_UP))
}

function putBack(fs: FileSystem, dir: string, name: string): void {
  try {
    fs.rename(join(dir, name + GIVEN_UP), join(dir, name))
  } catch {
    // The first failure is what is told.
  }
}

function damaged(path: string): RingwalError {
  const message = `${path}, up to which the log was to be cut, does not verify; the log is as it was: remove the file, or restore it`
  return new RingwalError('ERR_RINGWAL_DAMAGED', message, { file: path })
}

function foreign(path: string, what: string): RingwalError {
  const message = `${path} is a segment up to which a log was to be cut, and not this one: ${what}`
  return new RingwalError('ERR_RINGWAL_SEGMENTS', message, { file: path })
}
