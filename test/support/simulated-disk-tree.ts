/**
 * The directories of the simulated disk. Each has live and durable entries; between them stands one list of pending
 * operations, each of which a power cut keeps or drops by itself.
 */

import { Refusal } from './simulated-disk-calls.ts'
import type { CrashChoice } from './simulated-disk-crash.ts'
import type { SimulatedFile } from './simulated-disk-file.ts'
import { SimulatedDirectory, type SimulatedNode, SimulatedSpecial } from './simulated-disk-node.ts'
import { namesOf } from './simulated-disk-path.ts'
import { type Fingerprint, FingerprintSum, printOfName } from './simulated-disk-print.ts'

export interface Entry {
  readonly directory: SimulatedDirectory
  readonly name: string
  readonly path: string
}

/** A create or link has only `given`, a remove only `taken`, a rename both (or is split into two operations). */
export interface EntryOperation {
  readonly node: SimulatedNode
  readonly taken?: Entry
  readonly given?: Entry
}

type EntriesOf = (directory: SimulatedDirectory) => Map<string, SimulatedNode>

export class SimulatedTree {
  readonly root: SimulatedDirectory
  readonly #splitRenames: boolean
  #lastId: number
  #pending: EntryOperation[] = []

  constructor(root: SimulatedDirectory, splitRenames: boolean, lastId: number) {
    this.root = root
    this.#splitRenames = splitRenames
    this.#lastId = lastId
  }

  /** A new inode number. None is used twice. */
  newId(): number {
    return ++this.#lastId
  }

  /** The entry that a path names, and what stands there. Links before the last component are followed. */
  find(path: string, depth = 0): { readonly entry: Entry; readonly node: SimulatedNode | undefined } {
    const names = namesOf(path)
    const name = names.at(-1)
    if (name === undefined) return { entry: { directory: this.root, name: '', path }, node: this.root }
    let directory = this.root
    for (let i = 0; i < names.length - 1; i++) directory = this.#asDirectory(directory.live.get(names[i]!), depth)
    return { entry: { directory, name, path }, node: directory.live.get(name) }
  }

  /** The directory at a path, through links. */
  directory(path: string): SimulatedDirectory {
    return this.#asDirectory(this.find(path).node, 0)
  }

  #asDirectory(node: SimulatedNode | undefined, depth: number): SimulatedDirectory {
    if (node === undefined) throw new Refusal('ENOENT')
    if (node.kind === 'directory') return node
    if (node.kind !== 'link') throw new Refusal('ENOTDIR')
    if (depth === 40) throw new Refusal('ELOOP')
    return this.#asDirectory(this.find(node.target, depth + 1).node, depth + 1)
  }

  create(given: Entry, node: SimulatedNode): void {
    this.#perform({ node, given })
  }

  remove(taken: Entry, node: SimulatedNode): void {
    this.#perform({ node, taken })
  }

  rename(taken: Entry, node: SimulatedNode, given: Entry): void {
    if (this.#splitRenames) {
      this.#perform({ node, given })
      this.#perform({ node, taken })
    } else {
      this.#perform({ node, taken, given })
    }
  }

  #perform(operation: EntryOperation): void {
    const { node, taken, given } = operation
    const replaced = given?.directory.live.get(given.name)
    if (replaced?.kind === 'file') replaced.links--
    apply(operation, (directory) => directory.live)
    if (node.kind === 'file') node.links += (given === undefined ? 0 : 1) - (taken === undefined ? 0 : 1)
    if (given !== undefined) node.path = given.path
    this.#pending.push(operation)
  }

  /** Puts a node at a path, durable at once, with all directories above it. */
  plant(path: string, node: SimulatedNode, makeDirectory: (path: string) => SimulatedDirectory): void {
    const names = namesOf(path)
    let directory = this.root
    names.forEach((name, depth) => {
      const here = `/${names.slice(0, depth + 1).join('/')}`
      const below = depth === names.length - 1 ? node : (directory.live.get(name) ?? makeDirectory(here))
      const replaced = directory.live.get(name)
      if (replaced !== below) {
        if (replaced?.kind === 'file') replaced.links--
        if (below.kind === 'file') below.links++
      }
      directory.live.set(name, below)
      directory.durable.set(name, below)
      this.#pending = this.#pending.filter(({ taken, given }) => !isAt(taken) && !isAt(given))
      if (below.kind === 'directory') directory = below
      else if (below !== node) throw new Refusal('ENOTDIR')

      function isAt(entry: Entry | undefined): boolean {
        return entry?.directory === directory && entry.name === name
      }
    })
  }

  /** A directory sync that succeeded; without a directory, one of all directories. */
  commit(directory?: SimulatedDirectory): void {
    const synced = directory === undefined ? new Set(this.#pending) : this.#concerning(directory)
    for (const operation of synced) if (applies(operation, durable)) apply(operation, durable)
    this.#pending = this.#pending.filter((operation) => !synced.has(operation))
  }

  /** A directory sync that failed: as with data, what did not reach the disk now never will. */
  failCommit(directory: SimulatedDirectory, reached: CrashChoice): void {
    const synced = this.#concerning(directory)
    for (const operation of synced) {
      if (applies(operation, durable) && reached.entry(operation)) apply(operation, durable)
    }
    this.#pending = this.#pending.filter((operation) => !synced.has(operation))
  }

  /**
   * The pending operations that a sync of one directory carries, in their order. A whole rename is one transaction of
   * the journal, so either of its two directories carries it, and with it all that happened to the node before.
   */
  #concerning(directory: SimulatedDirectory): Set<EntryOperation> {
    const moved = new Set<SimulatedNode>()
    const found: EntryOperation[] = []
    for (const operation of this.#pending.toReversed()) {
      const { node, taken, given } = operation
      if (taken?.directory !== directory && given?.directory !== directory && !moved.has(node)) continue
      if (taken !== undefined && given !== undefined) moved.add(node)
      found.push(operation)
    }
    return new Set(found.reverse())
  }

  /** The tree that a power cut leaves: every file that a surviving entry reaches. */
  survivor(choice: CrashChoice): SimulatedTree {
    const entries = new Map<SimulatedDirectory, Map<string, SimulatedNode>>()
    const surviving: EntriesOf = (directory) => {
      const known = entries.get(directory)
      if (known !== undefined) return known
      const copy = new Map(directory.durable)
      entries.set(directory, copy)
      return copy
    }
    for (const operation of this.#pending) {
      if (applies(operation, surviving) && choice.entry(operation)) apply(operation, surviving)
    }
    const after = new Map<SimulatedNode, SimulatedNode>()
    const rebuild = (node: SimulatedNode): SimulatedNode => {
      let twin = after.get(node)
      if (twin === undefined) {
        twin = node.kind === 'file' ? node.survivor(choice) : emptyTwin(node)
        after.set(node, twin)
        if (node.kind === 'directory' && twin.kind === 'directory') {
          for (const [name, child] of surviving(node)) twin.live.set(name, rebuild(child))
          twin.durable = new Map(twin.live)
        }
      }
      if (twin.kind === 'file') twin.links++
      return twin
    }
    return new SimulatedTree(rebuild(this.root) as SimulatedDirectory, this.#splitRenames, this.#lastId)
  }

  /** A copy with nothing decided. `twins` maps each node to its copy, and serves for nodes that have no name. */
  fork(): { readonly tree: SimulatedTree; readonly twins: (node: SimulatedFile) => SimulatedFile } {
    const twins = new Map<SimulatedNode, SimulatedNode>()
    const copy = <T extends SimulatedNode>(node: T): T => {
      const known = twins.get(node)
      if (known !== undefined) return known as T
      const twin = node.kind === 'file' ? node.fork() : emptyTwin(node)
      twins.set(node, twin)
      if (node.kind === 'directory' && twin.kind === 'directory') {
        for (const [name, child] of node.live) twin.live.set(name, copy(child))
        for (const [name, child] of node.durable) twin.durable.set(name, copy(child))
      }
      return twin as T
    }
    const tree = new SimulatedTree(copy(this.root), this.#splitRenames, this.#lastId)
    const copyEntry = (entry: Entry): Entry => ({ ...entry, directory: copy(entry.directory) })
    tree.#pending = this.#pending.map(({ node, taken, given }) => ({
      node: copy(node),
      ...(taken && { taken: copyEntry(taken) }),
      ...(given && { given: copyEntry(given) }),
    }))
    return { tree, twins: copy }
  }

  /** Tells apart what a process can find and read now: names, sizes, bytes, links. */
  get print(): Fingerprint {
    return printOf(this.root)
  }

  /** Every file that has a live name. */
  liveFiles(): Set<SimulatedFile> {
    const files = new Set<SimulatedFile>()
    const visit = (node: SimulatedNode): void => {
      if (node.kind === 'file') files.add(node)
      else if (node.kind === 'directory') for (const child of node.live.values()) visit(child)
    }
    visit(this.root)
    return files
  }
}

/** What a process finds in a directory, and all below it. */
function printOf(directory: SimulatedDirectory): Fingerprint {
  const print = new FingerprintSum(directory.live.size, 0)
  for (const [name, node] of directory.live) print.add(printOfName(name), printOfNode(node))
  return print.value
}

function printOfNode(node: SimulatedNode): Fingerprint {
  if (node.kind === 'file') return node.print
  return node.kind === 'directory' ? printOf(node) : printOfName(`${node.kind} ${node.target}`)
}

const durable: EntriesOf = (directory) => directory.durable

/**
 * Whether an operation finds what it acts on. A rename whose source was dropped has no effect, so that a whole rename
 * never leaves two names for one file.
 */
function applies({ node, taken }: EntryOperation, entries: EntriesOf): boolean {
  return taken === undefined || entries(taken.directory).get(taken.name) === node
}

function apply({ node, taken, given }: EntryOperation, entries: EntriesOf): void {
  if (taken !== undefined) entries(taken.directory).delete(taken.name)
  if (given !== undefined) entries(given.directory).set(given.name, node)
}

function emptyTwin(node: SimulatedDirectory | SimulatedSpecial): SimulatedDirectory | SimulatedSpecial {
  if (node.kind === 'directory') return new SimulatedDirectory(node.id, node.path, node.modifiedMs)
  return new SimulatedSpecial(node.kind, node.id, node.path, node.target, node.modifiedMs)
}
