import { RingwalError } from '../../errors.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { type ForeignFile, listForeign } from '../foreign-files.ts'

export interface OrderFile extends ForeignFile {
  /** The last sequence number that was written when it was opened, by its name; undefined if that tells none. */
  readonly openedAt: bigint | undefined
}

export interface OrderListing {
  readonly files: readonly OrderFile[]
  /** What was left out of a directory, or is odd about it, in words. */
  readonly notes: readonly string[]
}

/** `<prefix>_<16 hexadecimal digits>.wal` */
const FILE_NAME = /^(.*)_([0-9a-fA-F]{16})\.wal$/s
/** The original's own. */
const USUAL_PREFIX = 'orders'

/**
 * The files of a log, in the order of their names, which is that of their sequence numbers. As the original did, it takes
 * every name of a directory that begins with the prefix and ends in `.wal`.
 * @param prefix by default `orders` or, if there are none of those, the only one there is
 * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_INPUT if there are several to choose from; ERR_RINGWAL_IO
 */
export function listOrderFiles(fs: FileSystem, path: string, prefix?: string): OrderListing {
  let chosen = prefix
  const oddities: string[] = []
  const { files, notes } = listForeign(fs, path, (names) => {
    chosen ??= findPrefix(path, names)
    const { taken, left } = split(names, chosen)
    if (taken.length === 0) oddities.push(`no file is named ${chosen}_<16 hexadecimal digits>.wal`)
    for (const name of taken) {
      if (openedAt(name, chosen) === undefined) oddities.push(`${name} has no sequence number, and is read`)
    }
    for (const name of left) oddities.push(`${name} does not begin with ${chosen}_, and is not read`)
    return taken
  })
  const named = files.map((file) => ({ ...file, openedAt: openedAt(file.name, chosen) }))
  return { files: named, notes: [...oddities, ...notes] }
}

function split(names: readonly string[], prefix: string): { taken: string[]; left: string[] } {
  const logs = names.filter((name) => name.endsWith('.wal'))
  const isTaken = (name: string): boolean => name.startsWith(`${prefix}_`)
  return { taken: logs.filter(isTaken), left: logs.filter((name) => !isTaken(name)) }
}

function findPrefix(path: string, names: readonly string[]): string {
  const prefixes = [...new Set(names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []))]
  if (prefixes.length === 0 || prefixes.includes(USUAL_PREFIX)) return USUAL_PREFIX
  if (prefixes.length === 1) return prefixes[0]!
  const message = `${path} holds several logs, with the prefixes ${prefixes.join(', ')}: say which one`
  throw new RingwalError('ERR_RINGWAL_INPUT', message, { path, prefixes })
}

function openedAt(name: string, prefix: string | undefined): bigint | undefined {
  const match = FILE_NAME.exec(name)
  if (match === null || (prefix !== undefined && match[1] !== prefix)) return undefined
  return BigInt(`0x${match[2]}`)
}
