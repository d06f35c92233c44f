import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { parseSegmentName } from '../format/index.ts'
import { ioError } from '../storage/io-error.ts'
import type { RepairPorts } from './repair-ports.ts'

/** Names of the report, beside the segments. Readers of a log pass over them. */
export const REPORT_JSON = 'repair-report.json'
export const REPORT_PAGE = 'repair-report.md'

/**
 * A directory beside the one that a repair is to make, which gets its name only when all in it is durable: a repair that
 * dies leaves nothing that looks like a log.
 */
export class Staging {
  readonly path: string
  private readonly ports: RepairPorts
  private readonly names: string[] = []

  /** @throws ERR_RINGWAL_IO, also if there is something under this path */
  constructor(ports: RepairPorts, path: string) {
    this.ports = ports
    this.path = path
    if (!ports.fs.makeDirectory(path)) throw ioError('mkdir', path, constants.errno.EEXIST)
  }

  /** Where a file of this name goes: only those of segments and of the report can be made (rule R29). */
  pathOf(name: string): string {
    if (parseSegmentName(name) === undefined && name !== REPORT_JSON && name !== REPORT_PAGE)
      throw new RingwalError('ERR_RINGWAL_INTERNAL', `a repair makes no file ${name}`, { file: name })
    if (!this.names.includes(name)) this.names.push(name)
    return join(this.path, name)
  }

  /** A new, durable file. */
  write(name: string, bytes: Uint8Array): void {
    const { fs } = this.ports
    const file = fs.open(this.pathOf(name), 'create')
    try {
      fs.write(file, bytes, 0, bytes.length, 0)
      fs.syncAll(file)
    } finally {
      fs.close(file)
    }
  }

  /** Makes the names in it, and its own, durable. */
  sync(): void {
    this.ports.fs.syncDirectory(this.path)
    this.ports.fs.syncDirectory(dirname(this.path))
  }

  /** Gives it its name. An empty directory there is replaced. */
  place(path: string): void {
    this.ports.fs.rename(this.path, path)
    this.ports.fs.syncDirectory(dirname(path))
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
