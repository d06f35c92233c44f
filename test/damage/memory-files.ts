/**
 * The file-system port over plain bytes in memory, for campaigns: as fast as it can be, with no model of power cuts, and
 * with a note of every path that was changed through it. A test changes content in place.
 */
import { constants } from 'node:os'
import { dirname } from 'node:path'
import type { FileStat, FileSystem } from '../../src/storage/file-system.ts'
import { ioError } from '../../src/storage/io-error.ts'

interface Node {
  readonly kind: FileStat['kind']
  readonly id: number
  /** Content in its first `size` bytes. */
  bytes: Uint8Array<ArrayBuffer>
  size: number
}

interface Descriptor {
  readonly path: string
  readonly node: Node
  readonly isWritable: boolean
}

const FREE_BYTES = 2 ** 50
const NOTHING = new Uint8Array(0)

export class MemoryFiles implements FileSystem {
  /** Every path that was created, written, renamed, removed or truncated through the port. */
  readonly changed: Set<string> = new Set()
  private readonly nodes: Map<string, Node> = new Map()
  private readonly descriptors: Map<number, Descriptor> = new Map()
  private nextDescriptor = 3
  private nextId = 1

  constructor() {
    this.plant('/', 'directory')
  }

  // Means of a test.

  /** Puts a file in place, over whatever is there, with the directories above it. */
  put(path: string, bytes: Uint8Array): void {
    this.plantDirectory(dirname(path))
    const known = this.nodes.get(path)
    const node = known?.kind === 'file' ? known : this.plant(path, 'file')
    resize(node, bytes.length)
    node.bytes.set(bytes)
  }

  plant(path: string, kind: FileStat['kind']): Node {
    const node = { kind, id: this.nextId++, bytes: NOTHING, size: 0 }
    this.nodes.set(path, node)
    return node
  }

  plantDirectory(path: string): void {
    if (this.nodes.has(path)) return
    this.plantDirectory(dirname(path))
    this.plant(path, 'directory')
  }

  /** A file's own bytes, to be changed in place; they stay its own until its size changes. */
  content(path: string): Uint8Array<ArrayBuffer> {
    const { bytes, size } = this.find('open', path)
    return bytes.subarray(0, size)
  }

  /** Takes away a path and all below it. */
  clear(path: string): void {
    for (const name of this.nodes.keys()) if (name === path || name.startsWith(`${path}/`)) this.nodes.delete(name)
  }

  get openFiles(): number {
    return this.descriptors.size
  }

  // The port.

  open(path: string, how: 'read' | 'write' | 'create'): number {
    if (how === 'create') {
      if (this.nodes.has(path)) throw refusal('open', path, 'EEXIST')
      if (this.nodes.get(dirname(path))?.kind !== 'directory') throw refusal('open', path, 'ENOENT')
    }
    const node = how === 'create' ? this.plant(path, 'file') : this.find('open', path)
    if (node.kind === 'link') throw refusal('open', path, 'ELOOP')
    if (node.kind !== 'file') throw refusal('open', path, node.kind === 'directory' ? 'EISDIR' : 'EINVAL')
    if (how !== 'read') this.changed.add(path)
    this.descriptors.set(this.nextDescriptor, { path, node, isWritable: how !== 'read' })
    return this.nextDescriptor++
  }

  close(file: number): void {
    if (!this.descriptors.delete(file)) throw refusal('close', `descriptor ${file}`, 'EBADF')
  }

  read(file: number, into: Uint8Array, at: number, length: number, position: number): number {
    const { node, path } = this.opened(file)
    if (!(length >= 0 && position >= 0 && at >= 0 && at + length <= into.length)) throw refusal('read', path, 'EINVAL')
    const count = Math.max(0, Math.min(length, node.size - position))
    into.set(node.bytes.subarray(position, position + count), at)
    return count
  }

  write(file: number, from: Uint8Array, at: number, length: number, position: number): void {
    const { node, path, isWritable } = this.opened(file)
    if (!isWritable) throw refusal('write', path, 'EBADF')
    if (!(length >= 0 && position >= 0 && at >= 0 && at + length <= from.length)) throw refusal('write', path, 'EINVAL')
    if (position + length > node.size) resize(node, position + length)
    node.bytes.set(from.subarray(at, at + length), position)
  }

  syncData(file: number): void {
    this.opened(file)
  }

  syncAll(file: number): void {
    this.opened(file)
  }

  truncate(file: number, size: number): void {
    resize(this.opened(file).node, size)
  }

  stat(file: number): FileStat {
    return this.statOf(this.opened(file).node)
  }

  statPath(path: string): FileStat | undefined {
    const node = this.nodes.get(path)
    return node && this.statOf(node)
  }

  list(directory: string): string[] {
    if (this.find('readdir', directory).kind !== 'directory') throw refusal('readdir', directory, 'ENOTDIR')
    const prefix = directory === '/' ? '/' : `${directory}/`
    const names = [...this.nodes.keys()].filter((path) => path.startsWith(prefix) && path !== directory)
    return names.map((path) => path.slice(prefix.length)).filter((name) => !name.includes('/'))
  }

  removeDirectory(path: string): void {
    if (this.list(path).length > 0) throw refusal('rmdir', path, 'ENOTEMPTY')
    this.changed.add(path)
    this.nodes.delete(path)
  }

  makeDirectory(path: string): boolean {
    if (this.nodes.has(path)) return false
    if (this.find('mkdir', dirname(path)).kind !== 'directory') throw refusal('mkdir', path, 'ENOTDIR')
    this.changed.add(path)
    this.plant(path, 'directory')
    return true
  }

  rename(from: string, to: string): void {
    const node = this.find('rename', from)
    if (this.nodes.get(dirname(to))?.kind !== 'directory') throw refusal('rename', to, 'ENOENT')
    for (const path of [from, to]) this.changed.add(path)
    const moved = [...this.nodes].filter(([path]) => path.startsWith(`${from}/`))
    this.nodes.delete(from)
    this.nodes.set(to, node)
    for (const [path, below] of moved) {
      this.nodes.delete(path)
      this.nodes.set(to + path.slice(from.length), below)
    }
  }

  link(from: string, to: string): void {
    const node = this.find('link', from)
    if (this.nodes.has(to)) throw refusal('link', to, 'EEXIST')
    if (this.nodes.get(dirname(to))?.kind !== 'directory') throw refusal('link', to, 'ENOENT')
    if (node.kind === 'directory') throw refusal('link', to, 'EPERM')
    this.changed.add(to)
    this.nodes.set(to, node)
  }

  remove(path: string): void {
    if (this.find('unlink', path).kind === 'directory') throw refusal('unlink', path, 'EISDIR')
    this.changed.add(path)
    this.nodes.delete(path)
  }

  syncDirectory(directory: string): void {
    if (this.find('fsync', directory).kind !== 'directory') throw refusal('fsync', directory, 'ENOTDIR')
  }

  freeBytes(path: string): number {
    this.find('statfs', path)
    return FREE_BYTES
  }

  private statOf(node: Node): FileStat {
    const { kind, size, id } = node
    const links = [...this.nodes.values()].filter((other) => other === node).length
    return { kind, size, links, identity: String(id), modifiedMs: 0 }
  }

  private find(operation: string, path: string): Node {
    const node = this.nodes.get(path)
    if (node === undefined) throw refusal(operation, path, 'ENOENT')
    return node
  }

  private opened(file: number): Descriptor {
    const descriptor = this.descriptors.get(file)
    if (descriptor === undefined) throw refusal('use', `descriptor ${file}`, 'EBADF')
    return descriptor
  }
}

function resize(node: Node, size: number): void {
  if (size > node.bytes.length) {
    const bytes = new Uint8Array(Math.max(size, 2 * node.bytes.length))
    bytes.set(node.bytes.subarray(0, node.size))
    node.bytes = bytes
  } else if (size > node.size) {
    node.bytes.fill(0, node.size, size)
  }
  node.size = size
}

function refusal(operation: string, path: string, errno: keyof typeof constants.errno): Error {
  return ioError(operation, path, constants.errno[errno])
}
