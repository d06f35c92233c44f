import {
  type CheckpointFile,
  type CheckpointReadPorts,
  isUnusable,
  listCheckpoints,
  readCheckpointHeader,
} from '../checkpoint/checkpoint-files.ts'
import type { PassedOver } from '../checkpoint/newest-checkpoint.ts'
import { RingwalError } from '../errors.ts'
import { CHECKPOINT_HEADER_BYTES } from '../format/index.ts'
import { isIoError } from '../storage/io-error.ts'

export interface LabelledCheckpoint extends CheckpointFile {
  readonly label: string
}

export interface CheckpointSource {
  readonly ports: CheckpointReadPorts
  readonly dir: string
  readonly logId: string
  readonly file: LabelledCheckpoint
  readonly onPassedOver: (one: PassedOver) => void
}

const CHUNK_BYTES = 1 << 20

/** A log's checkpoints up to an LSN whose headers verify, the oldest first. */
export function storableCheckpoints(source: Omit<CheckpointSource, 'file'>, to: number): LabelledCheckpoint[] {
  const { ports, dir } = source
  return listCheckpoints(ports.fs, dir)
    .reverse()
    .filter(({ lsn }) => lsn <= to)
    .flatMap((file) => {
      const label = labelOf(source, file)
      return label === undefined ? [] : [{ ...file, label }]
    })
}

function labelOf(
  { ports, logId, onPassedOver }: Omit<CheckpointSource, 'file'>,
  file: CheckpointFile,
): string | undefined {
  const { name, lsn } = file
  try {
    const header = readCheckpointHeader(ports, file)
    if (header.logId === logId) return header.label
    onPassedOver({ name, lsn, reason: `it belongs to log ${header.logId}` })
  } catch (error) {
    // One that was given up meanwhile is no news.
    if (isIoError(error, 'ENOENT')) return undefined
    if (!isUnusable(error)) throw error
    onPassedOver({ name, lsn, reason: error.message })
  }
  return undefined
}

/**
 * All bytes of a checkpoint's file. @throws ERR_RINGWAL_DAMAGED behind the last one, if its snapshot does not verify, and
 * ERR_RINGWAL_IO, both with the fact `file`
 */
export async function* checkpointBytes(ports: CheckpointReadPorts, file: CheckpointFile): AsyncGenerator<Uint8Array> {
  const { fs } = ports
  const { bytes, digest: written } = readCheckpointHeader(ports, file)
  const digest = ports.newDigest()
  const descriptor = fs.open(file.path, 'read')
  try {
    const size = CHECKPOINT_HEADER_BYTES + bytes
    for (let at = 0; at < size; ) {
      const piece = new Uint8Array(at === 0 ? CHECKPOINT_HEADER_BYTES : Math.min(CHUNK_BYTES, size - at))
      if (fs.read(descriptor, piece, 0, piece.length, at) < piece.length) throw damaged(file)
      if (at > 0) digest.update(piece)
      yield piece
      at += piece.length
    }
  } finally {
    fs.close(descriptor)
  }
  if (digest.value !== written) throw damaged(file)
}

function damaged({ name, path }: CheckpointFile): RingwalError {
  const message = `checkpoint ${name} is damaged: its snapshot does not verify`
  return new RingwalError('ERR_RINGWAL_DAMAGED', message, { file: path })
}
