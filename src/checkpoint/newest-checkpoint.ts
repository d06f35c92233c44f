import {
  type CheckpointFile,
  type CheckpointReadPorts,
  isUnusable,
  listCheckpoints,
  readCheckpoint,
} from './checkpoint-files.ts'

export interface CheckpointWanted {
  /** Highest LSN that may be in it. */
  readonly to: number
  readonly label: string
  /** Of the log that it is for; undefined where that is not known: then any. */
  readonly logId: string | undefined
}

/** A checkpoint that was passed over. */
export interface PassedOver {
  readonly name: string
  readonly lsn: number
  readonly reason: string
}

export interface FoundCheckpoint {
  readonly lsn: number
  readonly name: string
  readonly bytes: Uint8Array
}

/** The newest checkpoint that is of use and verifies, and what was newer and is not. */
export function newestCheckpoint(
  ports: CheckpointReadPorts,
  dir: string,
  wanted: CheckpointWanted,
): { readonly found: FoundCheckpoint | undefined; readonly passedOver: readonly PassedOver[] } {
  const passedOver: PassedOver[] = []
  for (const file of listCheckpoints(ports.fs, dir)) {
    if (file.lsn > wanted.to) continue
    const read = readIfOfUse(ports, file, wanted)
    if (read === undefined) continue
    if (typeof read !== 'string') return { found: { lsn: file.lsn, name: file.name, bytes: read }, passedOver }
    passedOver.push({ name: file.name, lsn: file.lsn, reason: read })
  }
  return { found: undefined, passedOver }
}

/** The snapshot, or why it can not be used; undefined for one of another label, which is none of our business. */
function readIfOfUse(
  ports: CheckpointReadPorts,
  file: CheckpointFile,
  { label, logId }: CheckpointWanted,
): Uint8Array | string | undefined {
  try {
    const { header, bytes } = readCheckpoint(ports, file)
    if (logId !== undefined && header.logId !== logId) return `it belongs to log ${header.logId}`
    if (header.label !== label)
      return `it is labelled ${JSON.stringify(header.label)}, and not ${JSON.stringify(label)}`
    return bytes
  } catch (error) {
    if (!isUnusable(error)) throw error
    return error.message
  }
}
