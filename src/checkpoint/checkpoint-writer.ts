import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import {
  CHECKPOINT_HEADER_BYTES,
  type Checker,
  type CheckpointHeader,
  checkpointName,
  type Digest,
  encodeCheckpointHeader,
} from '../format/index.ts'
import type { FileSystem } from '../storage/file-system.ts'

export interface CheckpointPorts {
  readonly fs: FileSystem
  readonly checker: Checker
  readonly newDigest: () => Digest
}

export type CheckpointFacts = Pick<CheckpointHeader, 'logId' | 'lsn' | 'created' | 'label'>

const UNFINISHED = /^\.[0-9]{20}\.rwck\.unfinished$/
/** So many bytes are made durable at a time: one sync of all would keep the disk busy for as long as the writer then waits. */
const SYNC_BYTES = 8 << 20

/** Whether a name is that of a checkpoint that was begun, and whose writer may be gone. */
export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name)
}

/**
 * A checkpoint on its way to the disk. It gets its name when all of it is durable: whatever has the name is whole, but for
 * what happens to it later.
 */
export class CheckpointWriter {
  private readonly ports: CheckpointPorts
  private readonly dir: string
  private readonly facts: CheckpointFacts
  private readonly path: string
  private readonly digest: Digest
  private file: number | undefined
  private bytes = 0
  private unsynced = 0

  /** Begins one; what an earlier one for the same LSN left unfinished is removed. @throws ERR_RINGWAL_IO */
  constructor(ports: CheckpointPorts, dir: string, facts: CheckpointFacts) {
    const { fs } = ports
    this.ports = ports
    this.dir = dir
    this.facts = facts
    this.path = join(dir, `.${checkpointName(facts.lsn)}.unfinished`)
    this.digest = ports.newDigest()
    if (fs.statPath(this.path) !== undefined) fs.remove(this.path)
    this.file = fs.open(this.path, 'create')
  }

  /** @throws ERR_RINGWAL_IO: then nothing but `drop` is left to do */
  write(piece: Uint8Array): void {
    const { fs } = this.ports
    const file = this.openFile()
    fs.write(file, piece, 0, piece.length, CHECKPOINT_HEADER_BYTES + this.bytes)
    this.digest.update(piece)
    this.bytes += piece.length
    this.unsynced += piece.length
    if (this.unsynced < SYNC_BYTES) return
    fs.syncData(file)
    this.unsynced = 0
  }

  /**
   * Makes all of it durable and puts it in place, over an older checkpoint of the same LSN.
   * @param makeDurable makes the names of the directory durable
   * @throws ERR_RINGWAL_IO: then nothing but `drop` is left to do
   */
  finish(makeDurable: () => void): { readonly name: string; readonly bytes: number } {
    const { fs, checker } = this.ports
    const file = this.openFile()
    const { bytes } = this
    const header = encodeCheckpointHeader({ ...this.facts, bytes, digest: this.digest.value }, checker)
    fs.write(file, header, 0, header.length, 0)
    fs.syncAll(file)
    this.file = undefined
    fs.close(file)
    const name = checkpointName(this.facts.lsn)
    fs.rename(this.path, join(this.dir, name))
    makeDurable()
    return { name, bytes }
  }

  /** Gives it up. What can not be removed now, the next opening removes. */
  drop(): void {
    const { fs } = this.ports
    try {
      if (this.file !== undefined) fs.close(this.file)
      this.file = undefined
      fs.remove(this.path)
    } catch {
      // It takes space, and nothing else.
    }
  }

  private openFile(): number {
    if (this.file !== undefined) return this.file
    throw new RingwalError('ERR_RINGWAL_INTERNAL', 'the checkpoint is finished already', { file: this.path })
  }
}
