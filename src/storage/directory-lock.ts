/**
 * One writer per directory: the second opener is refused at once, and a dead holder never stands in the way of a
 * living one on the same system.
 *
 * Node has no flock. Two means stand in for it. An abstract unix socket decides within one network namespace of Linux,
 * and the kernel releases it at death. A lock file in the directory decides wherever the directory can be seen; it
 * outlives its writer, so it says enough of that one to be judged (`lock-verdict.ts`). The file is always the last
 * word: the socket only keeps contenders away from it, and proves the former holder dead.
 */
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { RingwalError } from '../errors.ts'
import { ioError } from './io-error.ts'
import { isLocalDisk } from './local-disk.ts'
import { lockedError, readLockFile, releaseLockFile, takeLockFile } from './lock-file.ts'
import { describeHolder, type LockHolder, newHolder } from './lock-holder.ts'
import { bindLockSocket, type LockSocket, lockSocketName, lookAtLockSocket } from './lock-socket.ts'
import { type Evidence, judge } from './lock-verdict.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { ownIdentity, probeProcess } from './process-identity.ts'

export interface DirectoryLock {
  readonly holder: LockHolder
  /** Gives the lock up; a second call waits for the first. When it resolves, the directory can be locked again. */
  release(): Promise<void>
}

export interface LockState {
  /** `held` also where it can not be told from here; `stale`: its holder died, and the next opener takes over. */
  readonly state: 'free' | 'held' | 'stale'
  /** Who wrote the lock file, if it is there and readable. */
  readonly holder: LockHolder | null
  /** For people. */
  readonly reason: string
}

/**
 * Locks a directory for writing. Never waits for another holder, and does not keep the process alive.
 *
 * The directory needs a file system with hard links. Beside `LOCK`, a file `LOCK.spare` of 4 KiB is made, and stays:
 * with it a log can be opened on a full disk. The lock belongs to the process, not to the thread: a thread that ends
 * without releasing it leaves a stale lock on Linux, and a held one elsewhere until the process ends.
 *
 * @param dir resolved by `path.resolve`
 * @throws ERR_RINGWAL_LOCKED with the facts `dir` and `holder` (`null` if not known); ERR_RINGWAL_NOT_FOUND if there is
 * no such directory; ERR_RINGWAL_IO if it is no directory, or a symbolic link to one, or the system refuses something
 */
export async function lockDirectory(dir: string): Promise<DirectoryLock> {
  const path = resolve(dir)
  const name = lockSocketName(directoryIdentity(path))
  const bound = name === null ? 'unavailable' : await bindLockSocket(name)
  if (bound === 'taken') throw socketTaken(path, name)
  const socket = bound === 'unavailable' ? null : bound
  const evidence = gatherEvidence(path, socket === null ? null : name)
  const holder = newHolder(evidence.self, evidence.freeSocket)
  try {
    takeLockFile(path, holder, (found) => judge(found, evidence))
  } catch (error) {
    await socket?.close()
    throw error
  }
  return new HeldLock(path, holder, socket)
}

/**
 * Looks at a directory's lock without touching it, for tools. The answer may be out of date when it arrives.
 * @throws as `lockDirectory` does, but never ERR_RINGWAL_LOCKED
 */
export function readLock(dir: string): LockState {
  const path = resolve(dir)
  const name = lockSocketName(directoryIdentity(path))
  const look = name === null ? 'unknown' : lookAtLockSocket(name)
  const found = readLockFile(path)
  if (look === 'bound') {
    return { state: 'held', holder: typeof found === 'object' ? found : null, reason: 'its socket is bound' }
  }
  if (found === undefined) return { state: 'free', holder: null, reason: 'there is no lock file' }
  if (found === 'malformed') return { state: 'held', holder: null, reason: 'the lock file can not be understood' }
  const { state, reason } = judge(found, gatherEvidence(path, look === 'free' ? name : null))
  return { state: state === 'stale' ? 'stale' : 'held', holder: found, reason }
}

class HeldLock implements DirectoryLock {
  readonly holder: LockHolder
  readonly #path: string
  readonly #socket: LockSocket | null
  #released: Promise<void> | undefined

  constructor(path: string, holder: LockHolder, socket: LockSocket | null) {
    this.#path = path
    this.holder = holder
    this.#socket = socket
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  /** The file first: once the socket is free, the next opener may replace the file, and it is no longer ours to remove. */
  async #release(): Promise<void> {
    try {
      releaseLockFile(this.#path, this.holder)
    } finally {
      await this.#socket?.close()
    }
  }
}

/** Device and inode, after the checks that every use of a log's directory asks for. */
function directoryIdentity(path: string): string {
  const stat = nodeFileSystem.statPath(path)
  if (stat === undefined)
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `there is no directory ${path}`, { dir: path })
  if (stat.kind === 'directory') return stat.identity
  const [errno, reason] =
    stat.kind === 'link'
      ? [constants.errno.ELOOP, 'a symbolic link to a log is refused; name the directory itself']
      : [constants.errno.ENOTDIR, 'not a directory']
  throw ioError('lock', path, errno, { reason })
}

function gatherEvidence(path: string, freeSocket: string | null): Evidence {
  return { self: ownIdentity(), freeSocket, probe: probeProcess, isLocalDisk: () => isLocalDisk(path) }
}

/** The file may still be the former holder's, if the present one has only just bound the socket: then it names nobody. */
function socketTaken(path: string, name: string | null): RingwalError {
  const found = readLockFileQuietly(path)
  if (typeof found === 'object' && judge(found, gatherEvidence(path, null)).state !== 'stale') {
    return lockedError(path, found, `by ${describeHolder(found)}`)
  }
  return lockedError(path, null, `somebody has bound its socket @${name}, and has written no lock file yet`)
}

/** Whether the file can be read or not, the directory is locked. */
function readLockFileQuietly(path: string): ReturnType<typeof readLockFile> {
  try {
    return readLockFile(path)
  } catch {
    return undefined
  }
}
