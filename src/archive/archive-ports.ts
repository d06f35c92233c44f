import { randomBytes } from 'node:crypto'
import type { CheckpointReadPorts } from '../checkpoint/checkpoint-files.ts'
import { createDigests } from '../format/index.ts'
import { createReadPorts, type ReadPorts } from '../read/log-view.ts'
import { createRepairPorts, type RepairPorts } from '../repair/repair-ports.ts'

/** What archiving works with. */
export interface ArchivePorts extends ReadPorts, Pick<CheckpointReadPorts, 'newDigest'> {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Hexadecimal digits, twice as many as bytes. */
  random(bytes: number): string
}

/** What restoring works with. */
export interface RestorePorts extends ArchivePorts, Pick<RepairPorts, 'lock' | 'lockHeld'> {}

export async function createArchivePorts(): Promise<ArchivePorts> {
  const random = (bytes: number): string => randomBytes(bytes).toString('hex')
  return { ...(await createReadPorts()), newDigest: await createDigests(), now: Date.now, random }
}

export async function createRestorePorts(): Promise<RestorePorts> {
  return { ...(await createRepairPorts()), newDigest: await createDigests() }
}
