import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { RingwalError } from '../../../src/index.ts'
import { commitLog } from '../commit-log.ts'
import type { Peer, PeerLog, PeerOpening } from '../peer.ts'
import { readSlots } from './slots.ts'

const MIB = 1 << 20

/** What who writes a log by hand begins with: the least that a disk asks for. */
export const bareFile: Peer = barePeer('fs', 'growing', () => 0)
export const bareFilePrefilled: Peer = barePeer(
  'fs-prefilled',
  'zero-filled',
  ({ recordsMax, payloads }) => recordsMax * payloads.size,
)

function barePeer(name: string, kind: string, zeros: (opening: PeerOpening) => number): Peer {
  return {
    name,
    promise: `fdatasync of a ${kind} file returned 0; bytes without frames: nothing tells a torn record`,
    isDurable: true,
    isFrameless: true,
    batch: 10_000,
    find: () => ({ version: process.version }),
    open: (opening) => openBareFile(opening, zeros(opening)),
    read: (dir, size) => readSlots(fileIn(dir), size),
  }
}

function openBareFile({ dir, payloads, batch }: PeerOpening, zeros: number): PeerLog {
  const fd = openSync(fileIn(dir), 'wx', 0o600)
  const data = Buffer.alloc(MIB)
  for (let at = 0; at < zeros; at += MIB) write(fd, data.subarray(0, Math.min(MIB, zeros - at)), at)
  fsyncSync(fd)
  let at = 0
  const commit = (records: number): void => {
    const bytes = records === 1 ? payloads.next() : payloads.joined(records)
    at += write(fd, bytes, at)
    fdatasyncSync(fd)
  }
  return commitLog({ commit, batch, close: () => closeSync(fd) })
}

function write(fd: number, bytes: Uint8Array, at: number): number {
  const written = writeSync(fd, bytes, 0, bytes.length, at)
  if (written === bytes.length) return written
  throw new RingwalError('ERR_RINGWAL_IO', `wrote ${written} of ${bytes.length} bytes at ${at}`, { written })
}

function fileIn(dir: string): string {
  return join(dir, 'records')
}
