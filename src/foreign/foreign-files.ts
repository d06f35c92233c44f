import { basename, join, resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { FileWindow } from './file-window.ts'

export interface ForeignFile {
  readonly name: string
  readonly path: string
}

/** The files at a path, in the order in which they are read. */
export interface ForeignListing {
  readonly files: readonly ForeignFile[]
  /** Whether the path is a directory. */
  readonly isDirectory: boolean
  /** What was left out of the directory, or is odd about it, in words. */
  readonly notes: readonly string[]
}

/**
 * The files at a path: the one file, whatever its name, or those of a directory whose name is right, sorted by the bytes of
 * their names. What is no regular file is left out, with a note.
 * @param pick says of all names of a directory, sorted, which ones are files of the log
 * @throws ERR_RINGWAL_NOT_FOUND; ERR_RINGWAL_IO
 */
export function listForeign(
  fs: FileSystem,
  path: string,
  pick: (names: readonly string[]) => readonly string[],
): ForeignListing {
  const full = resolve(path)
  const kind = fs.statPath(full)?.kind
  if (kind === undefined) throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is nothing at ${path}`, { path })
  if (kind !== 'directory') return { files: [{ name: basename(full), path: full }], isDirectory: false, notes: [] }
  const names = fs.list(full).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const files: ForeignFile[] = []
  const notes: string[] = []
  for (const name of pick(names)) {
    const found = fs.statPath(join(full, name))?.kind ?? 'vanished file'
    if (found === 'file') files.push({ name, path: join(full, name) })
    else notes.push(`${name} is not read: it is a ${found}`)
  }
  return { files, isDirectory: true, notes }
}

/** Runs a reader over a file, which is closed at the end whatever comes. */
export function* withWindow<T>(
  fs: FileSystem,
  { name, path }: ForeignFile,
  read: (window: FileWindow) => Iterable<T>,
): Generator<T> {
  const file = fs.open(path, 'read')
  try {
    yield* read(new FileWindow(fs, file, name))
  } finally {
    fs.close(file)
  }
}
