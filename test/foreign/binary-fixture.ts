/** Runs the binary readers over bytes in memory, and over the cases that the originals have answered. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ForeignOptions, planForeign } from '../../src/foreign/foreign-options.ts'
import type { OrderReplayResult } from '../../src/foreign/order-binary/index.ts'
import { OrderReplay } from '../../src/foreign/order-binary/order-replay.ts'
import type { PartitionRecord, PartitionSummary } from '../../src/foreign/partition-binary/index.ts'
import { partitionRecord } from '../../src/foreign/partition-binary/partition-json.ts'
import { PartitionReplay } from '../../src/foreign/partition-binary/partition-replay.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'

export type Files = Readonly<Record<string, Uint8Array>>

/** The folder of a format's cases. */
export function casesOf(format: 'partition-binary' | 'order-binary'): string {
  return fileURLToPath(new URL(`../../../test/foreign/cases/${format}/`, import.meta.url))
}

export function expectedOf<T>(format: 'partition-binary' | 'order-binary'): readonly T[] {
  return JSON.parse(readFileSync(`${casesOf(format)}expected.json`, 'utf8')) as T[]
}

/** A disk with these files in /log. */
export function diskOf(files: Files): SimulatedDisk {
  const disk = new SimulatedDisk()
  disk.makeDirectory('/log')
  for (const [name, bytes] of Object.entries(files)) disk.writeFile(`/log/${name}`, bytes)
  return disk
}

export interface PartitionAnswer extends PartitionSummary {
  readonly records: readonly PartitionRecord[]
}

export async function replayPartition(
  fs: FileSystem,
  path: string,
  options: ForeignOptions = {},
): Promise<PartitionAnswer> {
  const replay = new PartitionReplay(fs, path, planForeign(path, options, 'skip'))
  const records: PartitionRecord[] = []
  for await (const entry of replay.records()) records.push(partitionRecord(entry))
  return { ...replay.summary(), records }
}

/** Replays one partition file of these bytes. */
export function replayRecords(bytes: Uint8Array, options: ForeignOptions = {}): Promise<PartitionAnswer> {
  return replayPartition(diskOf({ 'orders-0.wal': bytes }), '/log/orders-0.wal', options)
}

export function replayLog(
  fs: FileSystem,
  options: ForeignOptions = {},
  path = '/log',
  prefix?: string,
): Promise<OrderReplayResult> {
  return new OrderReplay(fs, path, planForeign(path, options, 'skip'), prefix).run()
}

export const FIRST_FILE = 'orders_0000000000000000.wal'

/** Replays an order log of one file of these bytes. */
export function replayEntries(bytes: Uint8Array, options: ForeignOptions = {}): Promise<OrderReplayResult> {
  return replayLog(diskOf({ [FIRST_FILE]: bytes }), options)
}
