/**
 * A disk in the process, for tests: the file-system port with a model of what survives a power cut.
 *
 * A running process sees the live state, as through the page cache. Beside it stands what is durable; between the two,
 * every written sector, every file size and every directory entry waits on its own. `crash` decides about each and
 * gives the disk that the next start finds. Nothing depends on time, on the real file system or on unseeded chance.
 */

import { Refusal } from './simulated-disk-calls.ts'
import type { CrashChoice } from './simulated-disk-crash.ts'
import { SimulatedFile } from './simulated-disk-file.ts'
import { type SimulatedNode, SimulatedSpecial } from './simulated-disk-node.ts'
import { SimulatedPort } from './simulated-disk-port.ts'
import type { Fingerprint } from './simulated-disk-print.ts'

export class SimulatedDisk extends SimulatedPort {
  // Ends of the process and of the power. The calls, counts and faults of this disk stay with it.

  /** The power fails: the disk that the next start finds, with no descriptor open. */
  crash(choice: CrashChoice): SimulatedDisk {
    return new SimulatedDisk(this.options, this.tree.survivor(choice))
  }

  /**
   * The process dies, the kernel lives on: the page cache serves all that was written, and what was not synced is
   * still not durable. A power cut after recovery may take what recovery saw.
   */
  processDeath(): SimulatedDisk {
    return new SimulatedDisk(this.options, this.tree.fork().tree)
  }

  /** An independent copy at this moment, open descriptors included. */
  fork(): SimulatedDisk {
    const { tree, twins } = this.tree.fork()
    const twin = new SimulatedDisk(this.options, tree)
    for (const [number, open] of this.descriptors) twin.descriptors.set(number, { ...open, file: twins(open.file) })
    twin.nextDescriptor = this.nextDescriptor
    return twin
  }

  // Means of a test: not logged, no faults.

  /** Makes everything durable, as sync(2): a test's starting point. Bytes that a failed sync lost stay lost. */
  sync(): void {
    this.tree.commit()
    for (const file of this.files()) file.commit(true)
  }

  /** Paths of the descriptors that are open. */
  openPaths(): string[] {
    return [...this.descriptors.values()].map(({ path }) => path)
  }

  /**
   * The same for two disks of which a process could not tell one from the other, for one in 2^53 even if it could: names,
   * bytes, sizes, links. What a power cut would leave of them may differ.
   */
  get print(): Fingerprint {
    return this.tree.print
  }

  readFile(path: string): Uint8Array<ArrayBuffer> {
    const file = this.#existing(path)
    const bytes = new Uint8Array(file.size)
    file.read(bytes, 0, bytes.length, 0)
    return bytes
  }

  /** Puts a file with this content in place, durable at once, with the directories above it. */
  writeFile(path: string, bytes: Uint8Array): void {
    const known = this.#lookUp(path)
    const file = known?.kind === 'file' ? known : new SimulatedFile(this.tree.newId(), path, this.now())
    file.plant(bytes)
    this.#plant(path, file)
  }

  /** Plants a symbolic link. @param target an absolute path; nothing stands at the default. */
  makeLink(path: string, target = '/nowhere'): void {
    this.#plant(path, new SimulatedSpecial('link', this.tree.newId(), path, target, this.now()))
  }

  /** Plants something that is neither file, directory nor link. */
  makeFifo(path: string): void {
    this.#plant(path, new SimulatedSpecial('other', this.tree.newId(), path, '', this.now()))
  }

  /** Turns over one bit, 0 … 7, of one byte, on the disk and in the page cache. */
  flipBit(path: string, offset: number, bit: number): void {
    const file = this.#existing(path)
    if (!(offset >= 0 && offset < file.size)) throw new RangeError(`${path} has ${file.size} bytes, none at ${offset}`)
    file.flipBit(offset, bit)
  }

  #plant(path: string, node: SimulatedNode): void {
    this.tree.plant(path, node, (missing) => this.newDirectory(missing))
  }

  #lookUp(path: string): SimulatedNode | undefined {
    try {
      return this.tree.find(path).node
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    }
  }

  #existing(path: string): SimulatedFile {
    const node = this.#lookUp(path)
    if (node?.kind !== 'file') throw new Error(`the test expects a file at ${path}`)
    return node
  }
}
