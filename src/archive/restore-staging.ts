import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { parseCheckpointName, parseSegmentName } from '../format/index.ts'
import { ioError } from '../storage/io-error.ts'
import type { RestorePorts } from './archive-ports.ts'

/** Name of the report, beside the segments. Readers of a log pass over it. */
export const RESTORE_REPORT = 'restore-report.json'

/** A directory in which a log is put together: it gets its name only when all in it is durable. */
export class RestoreStaging {
  readonly path: string
  private readonly ports: RestorePorts
  private readonly names: string[] = []

  /** @throws ERR_RINGWAL_IO, also if there is something under this path */
  constructor(ports: RestorePorts, path: string) {
    this.ports = ports
    this.path = path
    if (!ports.fs.makeDirectory(path)) throw ioError('mkdir', path, constants.errno.EEXIST)
  }

  /** Makes a file, which `fill` writes, and makes it durable. Only names of segments, checkpoints and the report can be made. */
  async write(name: string, fill: (file: number) => Promise<void>): Promise<void> {
    const { fs } = this.ports
    const isKnown = parseSegmentName(name) !== undefined || parseCheckpointName(name) !== undefined
    if (!isKnown && name !== RESTORE_REPORT)
      throw new RingwalError('ERR_RINGWAL_INTERNAL', `a restore makes no file ${name}`, { file: name })
    this.names.push(name)
    const file = fs.open(join(this.path, name), 'create')
    try {
      await fill(file)
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
  }

  /** Takes away a file that was made. */
  drop(name: string): void {
    this.ports.fs.remove(join(this.path, name))
    this.names.splice(this.names.indexOf(name), 1)
  }

  /** Takes away all files that were made. @throws ERR_RINGWAL_IO */
  clear(): void {
    for (const name of [...this.names]) this.drop(name)
  }

  /** Makes the names in it, and its own, durable. */
  sync(): void {
    this.ports.fs.syncDirectory(this.path)
    this.ports.fs.syncDirectory(dirname(this.path))
  }

  /** Takes away what was made, and nothing else. The error that led here is the one to tell. */
  remove(): void {
    const { fs, removeDirectory } = this.ports
    for (const name of this.names) quietly(() => fs.remove(join(this.path, name)))
    quietly(() => removeDirectory(this.path))
  }
}

function quietly(call: () => void): void {
  try {
    call()
  } catch {
    // What can not be removed stays, under a name that no log has.
  }
}
