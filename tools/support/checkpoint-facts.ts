import { isUnusable, listCheckpoints, readCheckpointHeader } from '../../src/checkpoint/checkpoint-files.ts'
import { createChecker } from '../../src/format/index.ts'
import { nodeFileSystem } from '../../src/storage/node-file-system.ts'

/** A checkpoint as its header, name and length tell of it; of one whose header can not be read, what is wrong. */
export interface CheckpointFacts {
  readonly name: string
  readonly lsn: number
  readonly label: string
  /** Of the snapshot. */
  readonly bytes: number
  /** Nanoseconds since the Unix epoch; undefined where it is not known. */
  readonly created: bigint | undefined
  readonly problem: string | null
}

/** Those of a log's directory, the newest first. Their snapshots are not read. */
export async function checkpointFacts(dir: string): Promise<readonly CheckpointFacts[]> {
  const ports = { fs: nodeFileSystem, checker: await createChecker() }
  return listCheckpoints(nodeFileSystem, dir).flatMap((file): CheckpointFacts[] => {
    const { name, lsn, path } = file
    try {
      const { label, bytes, created } = readCheckpointHeader(ports, file)
      return [{ name, lsn, label, bytes, created, problem: null }]
    } catch (error) {
      if (!isUnusable(error)) throw error
      // A live writer removes those that newer ones replace.
      if (nodeFileSystem.statPath(path) === undefined) return []
      return [{ name, lsn, label: '', bytes: 0, created: undefined, problem: error.message }]
    }
  })
}
