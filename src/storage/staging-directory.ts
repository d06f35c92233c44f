import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { RingwalError } from '../errors.ts'
import type { FileSystem } from './file-system.ts'
import { ioError } from './io-error.ts'

export interface StagingPorts {
  readonly fs: FileSystem
}

/**
 * A directory in which a log is put together, and which gets its name only when all in it is durable: who dies on the way leaves
 * nothing that looks like a log.
 */
export class StagingDirectory {
  readonly path: string
  private readonly ports: StagingPorts
  private readonly makes: (name: string) => boolean
  private readonly names: string[] = []

  /**
   * @param makes whether a file of this name may be made in it (rule R29)
   * @throws ERR_RINGWAL_IO, also if there is something under this path
   */
  constructor(ports: StagingPorts, path: string, makes: (name: string) => boolean) {
    this.ports = ports
    this.path = path
    this.makes = makes
    if (!ports.fs.makeDirectory(path)) throw ioError('mkdir', path, constants.errno.EEXIST)
  }

  /** Where a file of this name goes. */
  pathOf(name: string): string {
    if (!this.makes(name))
      throw new RingwalError('ERR_RINGWAL_INTERNAL', `no file ${name} is made here`, { file: name })
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

  /** A new file, durable when `fill` has written it. */
  async fill(name: string, fill: (file: number) => Promise<void>): Promise<void> {
    const { fs } = this.ports
    const file = fs.open(this.pathOf(name), 'create')
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

  /** Gives it its name. An empty directory there is replaced. */
  place(path: string): void {
    this.ports.fs.rename(this.path, path)
    this.ports.fs.syncDirectory(dirname(path))
  }

  /** Takes away what was made, and nothing else. The error that led here is the one to tell. */
  remove(): void {
    const { fs } = this.ports
    for (const name of this.names) quietly(() => fs.remove(join(this.path, name)))
    quietly(() => fs.removeDirectory(this.path))
  }
}

function quietly(call: () => void): void {
  try {
    call()
  } catch {
    // What can not be removed stays, under a name that no log has.
  }
}
