/**
 * The file-system port over a simulated tree: descriptors, the call log and faults. What stays at the end of the
 * process or of the power is the matter of `SimulatedDisk`.
 */
import type { FileStat, FileSystem } from '../../src/storage/file-system.ts'
import { carryOut, type DiskCall, type Operation, Refusal, requireRange } from './simulated-disk-calls.ts'
import { dropAll } from './simulated-disk-crash.ts'
import type { DiskFaults, Failure } from './simulated-disk-faults.ts'
import { SimulatedFile } from './simulated-disk-file.ts'
import { asFile, contains, refuseReplacement, SimulatedDirectory, statOf } from './simulated-disk-node.ts'
import { SECTOR_BYTES } from './simulated-disk-sector.ts'
import { SimulatedTree } from './simulated-disk-tree.ts'

export interface SimulatedDiskOptions {
  /** Bytes that file data may take, in sectors of 512; a write beyond fills what is left, then fails with ENOSPC. */
  readonly capacityBytes?: number
  /** A rename's new entry and the removal of its old one persist separately. Else it is atomic, as on ext4. */
  readonly splitRenames?: boolean
  /** Milliseconds since the epoch, for times of change; 0 if absent. */
  readonly clock?: () => number
  /** Whether `calls` is kept; true if absent. */
  readonly recordCalls?: boolean
}

interface Descriptor {
  readonly file: SimulatedFile
  readonly path: string
  readonly writable: boolean
}

/** What a disk without a limit says it has left: 1 PiB. */
const UNLIMITED_FREE_BYTES = 2 ** 50

const ROOT_ID = 2

export class SimulatedPort implements FileSystem {
  /** Every call of the port, oldest first. */
  readonly calls: DiskCall[] = []
  faults: DiskFaults | undefined
  protected readonly options: SimulatedDiskOptions
  protected readonly tree: SimulatedTree
  protected readonly descriptors: Map<number, Descriptor> = new Map()
  // Numbers are never used again, so that a descriptor used after close always shows.
  protected nextDescriptor = 3
  readonly #counts: Partial<Record<Operation, number>> = {}

  /** @param tree what the disk holds; only an empty root if absent. */
  constructor(options: SimulatedDiskOptions = {}, tree?: SimulatedTree) {
    this.options = options
    const root = () => new SimulatedDirectory(ROOT_ID, '/', this.now())
    this.tree = tree ?? new SimulatedTree(root(), options.splitRenames ?? false, ROOT_ID)
  }

  open(path: string, how: 'read' | 'write' | 'create'): number {
    return this.#run({ operation: 'open', path, how }, () => {
      const { entry, node } = this.tree.find(path)
      let file = node
      if (how === 'create') {
        if (node !== undefined) throw new Refusal('EEXIST')
        file = new SimulatedFile(this.tree.newId(), path, this.now())
        this.tree.create(entry, file)
      }
      this.descriptors.set(this.nextDescriptor, { file: asFile(file), path, writable: how !== 'read' })
      return this.nextDescriptor++
    })
  }

  close(file: number): void {
    const close = () => {
      if (!this.descriptors.delete(file)) throw new Refusal('EBADF')
    }
    this.#run({ operation: 'close', path: this.#pathOf(file) }, close, close)
  }

  read(file: number, into: Uint8Array, at: number, length: number, position: number): number {
    requireRange('read', into, at, length, position)
    const call: DiskCall = { operation: 'read', path: this.#pathOf(file), offset: position, length }
    return this.#run(call, (count) => this.#opened(file).read(into, at, count, position))
  }

  write(file: number, from: Uint8Array, at: number, length: number, position: number): void {
    requireRange('write', from, at, length, position)
    const call: DiskCall = { operation: 'write', path: this.#pathOf(file), offset: position, length }
    this.#run(call, (count) => {
      const target = this.#opened(file, 'EBADF')
      const fitting = this.#limited() ? target.fitting(position, count, this.#freeSectors()) : count
      target.write(from, at, fitting, position)
      if (fitting > 0) target.modifiedMs = this.now()
      if (fitting < count) throw new Refusal('ENOSPC', fitting)
    })
  }

  syncData(file: number): void {
    this.#sync('syncData', file)
  }

  syncAll(file: number): void {
    this.#sync('syncAll', file)
  }

  #sync(operation: 'syncData' | 'syncAll', file: number): void {
    this.#run(
      { operation, path: this.#pathOf(file) },
      () => this.#opened(file).commit(operation === 'syncAll'),
      ({ survivors }) => this.#opened(file).failCommit(survivors ?? dropAll),
    )
  }

  truncate(file: number, size: number): void {
    this.#run({ operation: 'truncate', path: this.#pathOf(file), length: size }, () => {
      const target = this.#opened(file, 'EINVAL')
      if (!Number.isSafeInteger(size) || size < 0) throw new Refusal('EINVAL')
      target.truncate(size)
      target.modifiedMs = this.now()
    })
  }

  stat(file: number): FileStat {
    return this.#run({ operation: 'stat', path: this.#pathOf(file) }, () => statOf(this.#opened(file)))
  }

  statPath(path: string): FileStat | undefined {
    return this.#run({ operation: 'statPath', path }, () => {
      try {
        const { node } = this.tree.find(path)
        return node && statOf(node)
      } catch (error) {
        if (error instanceof Refusal && error.errnoName === 'ENOENT') return undefined
        throw error
      }
    })
  }

  /** In an order that is neither that of the names nor that of their making. */
  list(directory: string): string[] {
    return this.#run({ operation: 'list', path: directory }, () => {
      const names = [...this.tree.directory(directory).live.keys()]
      return names.sort((a, b) => hashOf(a) - hashOf(b) || (a < b ? -1 : 1))
    })
  }

  makeDirectory(path: string): boolean {
    return this.#run({ operation: 'makeDirectory', path }, () => {
      const { entry, node } = this.tree.find(path)
      if (node !== undefined) return false
      this.tree.create(entry, this.newDirectory(path))
      return true
    })
  }

  removeDirectory(path: string): void {
    this.#run({ operation: 'removeDirectory', path }, () => {
      const { entry, node } = this.tree.find(path)
      if (node === undefined) throw new Refusal('ENOENT')
      if (node.kind !== 'directory') throw new Refusal('ENOTDIR')
      if (node.live.size > 0) throw new Refusal('ENOTEMPTY')
      this.tree.remove(entry, node)
    })
  }

  rename(from: string, to: string): void {
    this.#run({ operation: 'rename', path: from, to }, () => {
      const source = this.tree.find(from)
      const target = this.tree.find(to)
      if (source.node === undefined) throw new Refusal('ENOENT')
      if (source.node === target.node) return
      if (contains(source.node, target.entry.directory)) throw new Refusal('EINVAL')
      refuseReplacement(source.node, target.node, contains(target.node, source.entry.directory))
      this.tree.rename(source.entry, source.node, target.entry)
    })
  }

  link(from: string, to: string): void {
    this.#run({ operation: 'link', path: to, to: from }, () => {
      const { node } = this.tree.find(from)
      if (node === undefined) throw new Refusal('ENOENT')
      const target = this.tree.find(to)
      if (target.node !== undefined) throw new Refusal('EEXIST')
      if (node.kind === 'directory') throw new Refusal('EPERM')
      this.tree.create(target.entry, node)
    })
  }

  remove(path: string): void {
    this.#run({ operation: 'remove', path }, () => {
      const { entry, node } = this.tree.find(path)
      if (node === undefined) throw new Refusal('ENOENT')
      if (node.kind === 'directory') throw new Refusal('EISDIR')
      this.tree.remove(entry, node)
    })
  }

  syncDirectory(directory: string): void {
    this.#run(
      { operation: 'syncDirectory', path: directory },
      () => this.tree.commit(this.tree.directory(directory)),
      ({ survivors }) => this.tree.failCommit(this.tree.directory(directory), survivors ?? dropAll),
    )
  }

  freeBytes(path: string): number {
    return this.#run({ operation: 'freeBytes', path }, () => {
      if (this.tree.find(path).node === undefined) throw new Refusal('ENOENT')
      return this.#limited() ? this.#freeSectors() * SECTOR_BYTES : UNLIMITED_FREE_BYTES
    })
  }

  #run<T>(call: DiskCall, action: (length: number) => T, failing?: (fault: Failure) => void): T {
    const number = (this.#counts[call.operation] ?? 0) + 1
    this.#counts[call.operation] = number
    if (this.options.recordCalls !== false) this.calls.push(call)
    return carryOut(call, this.faults?.onCall(call.operation, number, call), action, failing)
  }

  #opened(file: number, refusedUnlessWritable?: string): SimulatedFile {
    const open = this.descriptors.get(file)
    if (open === undefined) throw new Refusal('EBADF')
    if (refusedUnlessWritable !== undefined && !open.writable) throw new Refusal(refusedUnlessWritable)
    return open.file
  }

  #pathOf(file: number): string {
    return this.descriptors.get(file)?.path ?? `descriptor ${file}`
  }

  protected now(): number {
    return this.options.clock?.() ?? 0
  }

  protected newDirectory(path: string): SimulatedDirectory {
    return new SimulatedDirectory(this.tree.newId(), path, this.now())
  }

  #limited(): boolean {
    return this.options.capacityBytes !== undefined
  }

  /** A removed file gives its space back only when the last descriptor closes. */
  #freeSectors(): number {
    let free = this.options.capacityBytes ?? 0
    for (const file of this.files()) free -= file.allocatedBytes()
    return Math.max(0, Math.floor(free / SECTOR_BYTES))
  }

  protected files(): Set<SimulatedFile> {
    const files = this.tree.liveFiles()
    for (const { file } of this.descriptors.values()) files.add(file)
    return files
  }
}

/** FNV-1a, 32 bits. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
