/** Reads logs on a simulated disk, and makes records that tell themselves apart. */
import { createKernelMemory } from '../../src/format/index.ts'
import type { Entry } from '../../src/read/entry.ts'
import { type ReadPorts, viewLog } from '../../src/read/log-view.ts'
import { readListing } from '../../src/read/read-log.ts'
import { planRead, type ReadOptions } from '../../src/read/read-options.ts'
import type { FileSystem } from '../../src/storage/file-system.ts'
import { checker, LOG_DIR } from './log-harness.ts'

const memory = createKernelMemory(1 << 16)

/** Ports for one reader at a time. */
export function readPorts(fs: FileSystem): ReadPorts {
  return { fs, checker, memory }
}

/** The entries that a reader who asks for this gets, one by one. */
export function* eachEntry(fs: FileSystem, options: ReadOptions = {}, path: string = LOG_DIR): Generator<Entry> {
  const ports = readPorts(fs)
  yield* readListing(ports, viewLog(ports, path), planRead(options))
}

export function readEntries(fs: FileSystem, options: ReadOptions = {}, path: string = LOG_DIR): Entry[] {
  return [...eachEntry(fs, options, path)]
}

/** LSNs of the entries. */
export function readLsns(fs: FileSystem, options: ReadOptions = {}): number[] {
  return readEntries(fs, options).map(({ lsn }) => lsn)
}

/** `count` numbers from `first` on. */
export function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

/** A payload of `length` bytes, other for every stamp. */
export function payload(length: number, stamp: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let word = (stamp + 1) * 0x9e3779b1
  for (let i = 0; i < length; i++) {
    word = Math.imul(word ^ (word >>> 15), 0x85ebca6b)
    bytes[i] = word >>> 16
  }
  return bytes
}

/** The error that a call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}
