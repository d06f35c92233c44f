import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  CHECKPOINT_HEADER_BYTES,
  type Checker,
  type CheckpointHeader,
  type Digest,
  decodeCheckpointHeader,
  parseCheckpointName,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'

export interface CheckpointFile {
  readonly lsn: number
  readonly name: string
  readonly path: string
}

export interface CheckpointReadPorts {
  readonly fs: FileSystem
  readonly checker: Checker
  readonly newDigest: () => Digest
}

/** Longest snapshot that is read into one piece of memory, in bytes. */
const SNAPSHOT_BYTES_MAX = 2 ** 32
const CHUNK_BYTES = 1 << 20

/** The files of a directory that have a checkpoint's name, the newest first. None if there is no such directory. */
export function listCheckpoints(fs: FileSystem, dir: string): CheckpointFile[] {
  if (fs.statPath(dir)?.kind !== 'directory') return []
  const files = fs.list(dir).flatMap((name) => {
    const lsn = parseCheckpointName(name)
    return lsn === undefined ? [] : [{ lsn, name, path: join(dir, name) }]
  })
  return files.sort((a, b) => b.lsn - a.lsn)
}

/**
 * What a checkpoint's header says, held against the file's name and length.
 * @throws ERR_RINGWAL_DAMAGED; ERR_RINGWAL_FORMAT; ERR_RINGWAL_IO
 */
export function readCheckpointHeader(
  ports: Omit<CheckpointReadPorts, 'newDigest'>,
  file: CheckpointFile,
): CheckpointHeader {
  return withFile(ports.fs, file, (descriptor) => headerIn(ports, file, descriptor))
}

/**
 * A checkpoint, read to its end and checked.
 * @param use if given, is handed the snapshot piece by piece, and nothing is kept
 * @throws ERR_RINGWAL_DAMAGED; ERR_RINGWAL_FORMAT; ERR_RINGWAL_IO; ERR_RINGWAL_TOO_LARGE
 */
export function verifyCheckpoint(
  ports: CheckpointReadPorts,
  file: CheckpointFile,
  use: (piece: Uint8Array, at: number) => void = () => {},
): CheckpointHeader {
  const pieces = verifyInPieces(ports, file, use)
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}

/** The same for who has other work to do: 1 MiB at a time. It is to be run to its end, or the file stays open. */
export function* verifyInPieces(
  ports: CheckpointReadPorts,
  file: CheckpointFile,
  use: (piece: Uint8Array, at: number) => void = () => {},
): Generator<undefined, CheckpointHeader> {
  const { fs } = ports
  const descriptor = fs.open(file.path, 'read')
  try {
    const header = headerIn(ports, file, descriptor)
    const digest = ports.newDigest()
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, header.bytes))
    for (let at = 0; at < header.bytes; ) {
      const wanted = Math.min(chunk.length, header.bytes - at)
      const got = fs.read(descriptor, chunk, 0, wanted, CHECKPOINT_HEADER_BYTES + at)
      if (got < wanted) throw damaged(file, 'it became shorter while it was read', CHECKPOINT_HEADER_BYTES + at + got)
      const piece = chunk.subarray(0, got)
      digest.update(piece)
      use(piece, at)
      at += got
      yield
    }
    if (digest.value !== header.digest) throw damaged(file, 'its snapshot does not verify', CHECKPOINT_HEADER_BYTES)
    return header
  } finally {
    fs.close(descriptor)
  }
}

/** The same, with the snapshot in memory. */
export function readCheckpoint(
  ports: CheckpointReadPorts,
  file: CheckpointFile,
): { readonly header: CheckpointHeader; readonly bytes: Uint8Array } {
  const { bytes: length } = readCheckpointHeader(ports, file)
  if (length > SNAPSHOT_BYTES_MAX) {
    const message = `${file.path} holds ${length} bytes; at most ${SNAPSHOT_BYTES_MAX} can be read into memory`
    throw new RingwalError('ERR_RINGWAL_TOO_LARGE', message, { file: file.path, bytes: length })
  }
  const bytes = new Uint8Array(length)
  const header = verifyCheckpoint(ports, file, (piece, at) => bytes.set(piece, at))
  return { header, bytes }
}

function headerIn(
  { fs, checker }: Omit<CheckpointReadPorts, 'newDigest'>,
  file: CheckpointFile,
  descriptor: number,
): CheckpointHeader {
  const bytes = new Uint8Array(CHECKPOINT_HEADER_BYTES)
  const got = fs.read(descriptor, bytes, 0, bytes.length, 0)
  const header = decodeCheckpointHeader(bytes.subarray(0, got), checker)
  if (header === undefined) throw damaged(file, 'its header does not verify', 0)
  if (header.lsn !== file.lsn) throw damaged(file, `it is a checkpoint of LSN ${header.lsn}`, 0)
  const size = CHECKPOINT_HEADER_BYTES + header.bytes
  const { size: found } = fs.stat(descriptor)
  if (found !== size) throw damaged(file, `it has ${found} bytes where ${size} were written`, Math.min(found, size))
  return header
}

function withFile<T>(fs: FileSystem, { path }: CheckpointFile, use: (descriptor: number) => T): T {
  const descriptor = fs.open(path, 'read')
  try {
    return use(descriptor)
  } finally {
    fs.close(descriptor)
  }
}

function damaged({ path, name }: CheckpointFile, what: string, offset: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_DAMAGED', `checkpoint ${name} is damaged: ${what}`, { file: path, offset })
}

/** Whether a checkpoint can not be used, as against a failure that has nothing to do with it. */
export function isUnusable(error: unknown): error is RingwalError {
  if (!(error instanceof RingwalError)) return false
  const codes: readonly string[] = [
    'ERR_RINGWAL_DAMAGED',
    'ERR_RINGWAL_FORMAT',
    'ERR_RINGWAL_IO',
    'ERR_RINGWAL_TOO_LARGE',
  ]
  return codes.includes(error.code) && !isIoError(error, 'EMFILE')
}
