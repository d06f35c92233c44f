import { join } from 'node:path'
import type { FileSystem } from '../storage/file-system.ts'
import { isIoError } from '../storage/io-error.ts'

/*
 * A consumer in another process may set a position at the very moment at which segments are retired. The two agree as over a hold,
 * by names in the log's directory: whoever retires says so before it reads the positions; whoever sets one looks for that behind it. So
 * at least one of them sees the other. Nothing of it needs to be durable: after a crash nobody retires.
 */

const NAME = /^\.retiring-([0-9]{20})$/

/** Says that the log is about to begin at an LSN. */
export function markRetiring(fs: FileSystem, dir: string, lsn: number): void {
  try {
    fs.close(fs.open(markPath(dir, lsn), 'create'))
  } catch (error) {
    // Left by a process that died, and as good.
    if (!isIoError(error, 'EEXIST')) throw error
  }
}

/** Says that this is done, or not done. */
export function unmarkRetiring(fs: FileSystem, dir: string, lsn: number): void {
  fs.remove(markPath(dir, lsn))
}

/** Where the log is about to begin; 0 if nobody retires anything. */
export function retiringLsn(fs: FileSystem, dir: string): number {
  return Math.max(0, ...fs.list(dir).map((name) => Number(NAME.exec(name)?.[1] ?? 0)))
}

/** Takes away what a process that died left behind, a file at a time. Before anything is retired. */
export function* removeRetiringMarks(fs: FileSystem, dir: string): Generator<undefined, void> {
  for (const name of fs.list(dir).filter((name) => NAME.test(name))) {
    fs.remove(join(dir, name))
    yield
  }
}

function markPath(dir: string, lsn: number): string {
  return join(dir, `.retiring-${String(lsn).padStart(20, '0')}`)
}
