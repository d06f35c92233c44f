import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { HEADER_PAGE_BYTES, segmentName } from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'
import { makeNamesDurable, type NamePorts, waitForSteward } from './durable-names.ts'
import { recycledPath } from './recycled-files.ts'
import type { SpareSegments } from './spare-segments.ts'
import type { RecycledFile } from './steward-words.ts'

export interface FilePlan {
  readonly dir: string
  readonly segmentBytes: number
  readonly number: number
  /** The header page, given the salt of the file's former life: 0n if it had none. */
  readonly page: (recycledSalt: bigint) => Uint8Array
}

/**
 * Puts a segment's file in place, with its header, and both durable (rule R5).
 * @param spare what is ready for it
 * @returns its descriptor
 * @throws ERR_RINGWAL_FENCED if another writer has taken the name; ERR_RINGWAL_POISONED; ERR_RINGWAL_IO
 */
export function beginFile(ports: NamePorts, plan: FilePlan, spare: ReturnType<SpareSegments['take']>): number {
  if (spare === undefined || spare === 'filled') return beginFresh(ports, plan, spare === 'filled')
  return beginRecycled(ports, plan, spare) ?? beginFresh(ports, plan, false)
}

/**
 * In a file of zeros, which has its name already if it was made ahead. In one that nobody had ready, space is allotted as it
 * is written, so its syncs are slower.
 */
function beginFresh(ports: NamePorts, { dir, segmentBytes, number, page }: FilePlan, isMade: boolean): number {
  const { fs } = ports
  const path = join(dir, segmentName(number))
  const file = isMade ? fs.open(path, 'write') : fenced(path, () => fs.open(path, 'create'))
  fs.write(file, page(0n), 0, HEADER_PAGE_BYTES, 0)
  // At its full size from the start, a file that somebody cuts is too short for good, however much is written behind.
  fs.truncate(file, segmentBytes)
  fs.syncAll(file)
  if (!isMade) nameDurably(ports, dir)
  return file
}

/**
 * In the file of a retired segment, whose stale frames are still in it: it gets the name only with its header durable. A
 * link, and no rename, which would replace what another writer has begun.
 * @returns undefined if the file is gone: somebody has taken it for rubbish, and nothing of the log was in it
 */
function beginRecycled(ports: NamePorts, { dir, number, page }: FilePlan, recycled: RecycledFile): number | undefined {
  const { fs } = ports
  const path = join(dir, segmentName(number))
  const waiting = recycledPath(dir, recycled.number)
  const file = openIfThere(fs, waiting)
  if (file === undefined) return undefined
  fs.write(file, page(recycled.salt), 0, HEADER_PAGE_BYTES, 0)
  fs.syncAll(file)
  fs.close(file)
  fenced(path, () => fs.link(waiting, path))
  fs.remove(waiting)
  nameDurably(ports, dir)
  // Opened anew, so that errors name the segment.
  return fs.open(path, 'write')
}

/** The steward's sync, if it failed meanwhile, may have been the one that lost this name. */
function nameDurably(ports: NamePorts, dir: string): void {
  makeNamesDurable(ports, 'writer', dir)
  waitForSteward(ports.control)
}

function openIfThere(fs: FileSystem, path: string): number | undefined {
  try {
    return fs.open(path, 'write')
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** The next segment's name is the fence: whoever gave it to a file first is the log's writer. @throws ERR_RINGWAL_FENCED */
function fenced<T>(path: string, take: () => T): T {
  try {
    return take()
  } catch (error) {
    if (!isIoError(error, 'EEXIST')) throw error
    throw new RingwalError('ERR_RINGWAL_FENCED', `${path} is there already: another writer has taken over the log`, {
      file: path,
    })
  }
}
