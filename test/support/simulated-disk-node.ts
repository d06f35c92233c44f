/** What an entry of the simulated disk may name. */
import type { FileStat } from '../../src/storage/file-system.ts'
import { Refusal } from './simulated-disk-calls.ts'
import type { SimulatedFile } from './simulated-disk-file.ts'

export type SimulatedNode = SimulatedFile | SimulatedDirectory | SimulatedSpecial

export class SimulatedDirectory {
  readonly kind = 'directory'
  readonly id: number
  path: string
  links = 2
  readonly modifiedMs: number
  live: Map<string, SimulatedNode> = new Map()
  durable: Map<string, SimulatedNode> = new Map()

  constructor(id: number, path: string, nowMs: number) {
    this.id = id
    this.path = path
    this.modifiedMs = nowMs
  }
}

/** A symbolic link, or something that is neither file nor directory, such as a FIFO. */
export class SimulatedSpecial {
  readonly kind: 'link' | 'other'
  readonly id: number
  path: string
  links = 1
  readonly size: number
  readonly modifiedMs: number
  /** Where a link leads: an absolute path. */
  readonly target: string

  constructor(kind: 'link' | 'other', id: number, path: string, target: string, nowMs: number) {
    this.kind = kind
    this.id = id
    this.path = path
    this.target = target
    this.size = target.length
    this.modifiedMs = nowMs
  }
}

/** The size that ext4 gives for a small directory. */
const DIRECTORY_BYTES = 4096

export function statOf(node: SimulatedNode): FileStat {
  return {
    kind: node.kind,
    size: node.kind === 'directory' ? DIRECTORY_BYTES : node.size,
    links: node.links,
    identity: `simulated:${node.id}`,
    modifiedMs: node.modifiedMs,
  }
}

/** The regular file that an open asks for. */
export function asFile(node: SimulatedNode | undefined): SimulatedFile {
  if (node === undefined) throw new Refusal('ENOENT')
  if (node.kind === 'file') return node
  if (node.kind === 'directory') throw new Refusal('EISDIR')
  throw new Refusal(node.kind === 'link' ? 'ELOOP' : 'EINVAL')
}

/** Whether a directory is the sought one or has it somewhere below. */
export function contains(node: SimulatedNode | undefined, sought: SimulatedDirectory): boolean {
  if (node?.kind !== 'directory') return false
  return node === sought || [...node.live.values()].some((child) => contains(child, sought))
}

/** Throws where a rename may not put the one in the place of the other. */
export function refuseReplacement(moved: SimulatedNode, there: SimulatedNode | undefined, isAbove: boolean): void {
  if (there === undefined) return
  if (isAbove) throw new Refusal('ENOTEMPTY')
  if (moved.kind !== 'directory' && there.kind === 'directory') throw new Refusal('EISDIR')
  if (moved.kind === 'directory' && there.kind !== 'directory') throw new Refusal('ENOTDIR')
  if (there.kind === 'directory' && there.live.size > 0) throw new Refusal('ENOTEMPTY')
}
