import { randomBytes } from 'node:crypto'
import { createReadPorts } from '../read/log-view.ts'
import { lockDirectory, readLock } from '../storage/directory-lock.ts'
import { releaseLockFile } from '../storage/lock-file.ts'
import { withPool } from '../worker-pool.ts'
import type { CopyRunner } from './copy-queue.ts'
import { type CopyPorts, copySegment } from './copy-segment.ts'
import type { CopyResult, CopyTask } from './copy-task.ts'
import { createDirect } from './direct-file.ts'

/** What repair and salvage work with. */
export interface RepairPorts extends CopyPorts {
  /** @throws ERR_RINGWAL_LOCKED */
  lock(dir: string): Promise<RepairLock>
  /** Why the lock can not be had now, looked at without a trace; undefined if it can. */
  lockHeld(dir: string): string | undefined
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Hexadecimal digits, twice as many as bytes. */
  random(bytes: number): string
  /** Calls `use` with something that carries tasks out on so many threads. Without it, all is done in this one. */
  withCopiers?<T>(threads: number, use: (run: CopyRunner) => Promise<T>): Promise<T>
}

export interface RepairLock {
  /** The locked directory has another path now. */
  movedTo(path: string): void
  release(): Promise<void>
}

export async function createRepairPorts(): Promise<RepairPorts> {
  const ports = await createCopyPorts()
  return { ...ports, lock, lockHeld, now: Date.now, random, withCopiers }

  function withCopiers<T>(threads: number, use: (run: CopyRunner) => Promise<T>): Promise<T> {
    return threads === 1 ? use(copyHere(ports)) : withPool<CopyTask, CopyResult, T>('repairer', threads, use)
  }
}

/** What each thread works with. */
export async function createCopyPorts(): Promise<CopyPorts> {
  return { ...(await createReadPorts()), createDirect }
}

/** The event loop gets a turn between two segments. */
export function copyHere(ports: CopyPorts): CopyRunner {
  return async (task, onProgress) => {
    await new Promise((resolve) => setImmediate(resolve))
    return copySegment(ports, task, onProgress)
  }
}

async function lock(dir: string): Promise<RepairLock> {
  const held = await lockDirectory(dir)
  let path = dir
  return {
    movedTo(to) {
      path = to
    },
    async release() {
      // The lock knows its file by the path that the directory had.
      if (path !== dir) releaseLockFile(path, held.holder)
      await held.release()
    },
  }
}

function lockHeld(dir: string): string | undefined {
  const { state, reason } = readLock(dir)
  return state === 'held' ? reason : undefined
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
