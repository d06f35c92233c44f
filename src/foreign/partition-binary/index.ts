/** The stream broker's partition files. README.md in the folder above tells of the format. */
import { nodeFileSystem } from '../../storage/node-file-system.ts'
import { type ForeignOptions, planForeign } from '../foreign-options.ts'
import type { PartitionEntry } from './partition-entry.ts'
import { type PartitionRecord, partitionRecord } from './partition-json.ts'
import { PartitionReplay, type PartitionSummary } from './partition-replay.ts'

export { PartitionEntry, type PartitionValue } from './partition-entry.ts'
export { type PartitionRecord, partitionBinaryJson } from './partition-json.ts'
export type { PartitionReplay, PartitionSummary } from './partition-replay.ts'

export interface PartitionResult extends PartitionSummary {
  readonly records: readonly PartitionRecord[]
}

/**
 * Reads the records of a partition file, or of all `.wal` files of a directory by name.
 * @throws ERR_RINGWAL_OPTION and ERR_RINGWAL_NOT_FOUND at once; when iterated, ERR_RINGWAL_DAMAGED (by default, at the first
 *   damage), ERR_RINGWAL_IO, ERR_RINGWAL_TAMPERED
 */
export function readPartitionBinary(path: string, options: ForeignOptions = {}): AsyncIterableIterator<PartitionEntry> {
  return new PartitionReplay(nodeFileSystem, path, planForeign(path, options, 'stop')).records()
}

/**
 * A replay that hands its records out one by one, for files of any size: `records()`, then `summary()`.
 * @throws ERR_RINGWAL_OPTION, ERR_RINGWAL_NOT_FOUND, ERR_RINGWAL_IO
 */
export function streamPartitionBinary(path: string, options: ForeignOptions = {}): PartitionReplay {
  return new PartitionReplay(nodeFileSystem, path, planForeign(path, options, 'skip'))
}

/**
 * Replays as the original recovered, and holds all records: for files that fit into memory.
 * @throws as `streamPartitionBinary` and `PartitionReplay.records`
 */
export async function replayPartitionBinary(path: string, options: ForeignOptions = {}): Promise<PartitionResult> {
  const replay = streamPartitionBinary(path, options)
  const records: PartitionRecord[] = []
  for await (const entry of replay.records()) records.push(partitionRecord(entry))
  return { ...replay.summary(), records }
}
