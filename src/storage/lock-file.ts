/**
 * The lock file: exclusion by a name in the directory, which holds between all who can see the directory.
 *
 * **Never half written.** A record is written to a name of its own, synced, and then hard-linked to `LOCK`, which fails
 * if that exists. So neither a crash nor a power cut leaves a partial `LOCK`, and one that can not be understood is
 * nobody's accident: it is refused, for a person to look at.
 *
 * **Taking over a stale one** is where two contenders could both win: each finds it stale, the first replaces it, the
 * second replaces the first one's. Here a stale file with token T may be replaced only by who holds the claim `LOCK.T`,
 * a lock file in its own right. Its holder looks once more: if `LOCK` still has T, nobody else may touch it, and a
 * rename puts the claim in its place in one step. If not, another was faster. T never returns, so a late claim on it
 * harms nobody. A claimant that died leaves a stale claim, which is taken over in the same way, by its own token.
 */
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { RingwalError } from '../errors.ts'
import { hasErrnoName, ioErrorFrom, isIoError } from './io-error.ts'
import { decodeHolder, describeHolder, encodeHolder, LOCK_FILE_BYTES, type LockHolder } from './lock-holder.ts'
import type { Verdict } from './lock-verdict.ts'
import { nodeFileSystem } from './node-file-system.ts'

const LOCK_NAME = 'LOCK'
/** Blocks held in reserve, so that a log can be opened on a full disk. */
const SPARE_NAME = 'LOCK.spare'
/** Claims on stale files, and records on their way. */
const PASSING_NAME: RegExp = /^LOCK\.[0-9a-f]{32}(\.new)?$/

/** Rounds against contenders that come and go, and dead claimants in a row: far more than ever meet. */
const ATTEMPTS_MAX = 100
const CLAIM_DEPTH_MAX = 16

/**
 * Takes the lock file of a directory for `holder`, or throws `ERR_RINGWAL_LOCKED`; never waits.
 * @param judge says whether the writer of a lock file that is in the way still lives
 */
export function takeLockFile(dir: string, holder: LockHolder, judge: (found: LockHolder) => Verdict): void {
  const contender = { dir, holder, judge, fresh: join(dir, `LOCK.${holder.token}.new`) }
  try {
    take(contender, LOCK_NAME, 0)
    tidy(dir)
  } catch (error) {
    giveUp(contender)
    throw error
  }
}

function giveUp(contender: Contender): void {
  try {
    removeIfThere(contender.fresh)
    releaseLockFile(contender.dir, contender.holder)
  } catch {
    // The disk answers no more. What stays is judged stale when this process has ended.
  }
}

/** Gives the lock file up, if it is still the holder's. */
export function releaseLockFile(dir: string, holder: LockHolder): void {
  removeOwn(join(dir, LOCK_NAME), holder)
}

/** @returns `undefined` if there is none, `malformed` if ringwal did not write it */
export function readLockFile(dir: string): LockHolder | 'malformed' | undefined {
  return readRecord(join(dir, LOCK_NAME))
}

/** The refusal of a lock. `holder` is `null` where nobody is known to hold it. */
export function lockedError(dir: string, holder: LockHolder | null, why: string): RingwalError {
  return new RingwalError('ERR_RINGWAL_LOCKED', `${dir} is locked: ${why}`, { dir, holder })
}

interface Contender {
  readonly dir: string
  readonly holder: LockHolder
  readonly judge: (found: LockHolder) => Verdict
  /** Where its record waits for a place. */
  readonly fresh: string
}

function take(contender: Contender, name: string, depth: number): void {
  const path = join(contender.dir, name)
  for (let attempt = 0; attempt < ATTEMPTS_MAX && depth < CLAIM_DEPTH_MAX; attempt++) {
    if (place(contender, path)) return
    const found = readRecord(path)
    if (found === undefined) continue
    if (found === 'malformed') throw malformed(contender.dir, path)
    // A network file system may answer "exists" to a link that it made, when the first answer got lost.
    if (found.token === contender.holder.token) return
    const verdict = contender.judge(found)
    if (verdict.state !== 'stale') throw refusal(contender.dir, path, found, verdict)
    if (replace(contender, path, found, depth)) return
  }
  throw lockedError(contender.dir, null, `others keep taking and leaving ${path}`)
}

/** Links the contender's record to a free name. @returns false if the name is taken, or the record was tidied away */
function place(contender: Contender, path: string): boolean {
  if (nodeFileSystem.statPath(contender.fresh) === undefined) writeRecord(contender)
  try {
    linkSync(contender.fresh, path)
    return true
  } catch (error) {
    if (hasErrnoName(error, 'EEXIST', 'ENOENT')) return false
    throw ioErrorFrom('link', path, error)
  }
}

/** @returns false if somebody else replaced the stale file meanwhile */
function replace(contender: Contender, path: string, stale: LockHolder, depth: number): boolean {
  const claim = join(contender.dir, `LOCK.${stale.token}`)
  take(contender, `LOCK.${stale.token}`, depth + 1)
  try {
    const now = readRecord(path)
    if (typeof now !== 'object' || now.token !== stale.token) return false
    nodeFileSystem.rename(claim, path)
    return true
  } catch (error) {
    // A claim that is gone was tidied away, by who has the lock.
    if (isIoError(error, 'ENOENT')) return false
    throw error
  } finally {
    removeOwn(claim, contender.holder)
  }
}

/** Synced before it is placed, so that a power cut can not leave a name with nothing behind it. */
function writeRecord(contender: Contender): void {
  const bytes = encodeHolder(contender.holder)
  try {
    writeAndSync(nodeFileSystem.open(contender.fresh, 'create'), bytes)
  } catch (error) {
    if (!isIoError(error, 'ENOSPC', 'EDQUOT') || !moveSpare(contender)) throw error
    writeAndSync(nodeFileSystem.open(contender.fresh, 'write'), bytes)
  }
}

/** Over the empty file that the failure left. A rename: of several contenders, one gets the spare. */
function moveSpare(contender: Contender): boolean {
  if (!hasSpare(contender.dir)) return false
  try {
    nodeFileSystem.rename(join(contender.dir, SPARE_NAME), contender.fresh)
    return true
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return false
    throw error
  }
}

function writeAndSync(file: number, bytes: Uint8Array): void {
  try {
    nodeFileSystem.write(file, bytes, 0, bytes.length, 0)
    nodeFileSystem.syncAll(file)
  } finally {
    nodeFileSystem.close(file)
  }
}

/**
 * Removes what contenders left, and sees to the spare. Only who has the lock may do this: every claim that stands now
 * is on a token that `LOCK` had before and never has again.
 */
function tidy(dir: string): void {
  for (const name of nodeFileSystem.list(dir)) {
    if (PASSING_NAME.test(name)) removeIfThere(join(dir, name))
  }
  if (hasSpare(dir)) return
  const spare = join(dir, SPARE_NAME)
  try {
    removeIfThere(spare)
    writeAndSync(nodeFileSystem.open(spare, 'create'), new Uint8Array(LOCK_FILE_BYTES).fill(0x20))
  } catch (error) {
    if (!isIoError(error, 'ENOSPC', 'EDQUOT')) throw error
  }
}

function hasSpare(dir: string): boolean {
  const stat = nodeFileSystem.statPath(join(dir, SPARE_NAME))
  return stat?.kind === 'file' && stat.size === LOCK_FILE_BYTES
}

function readRecord(path: string): LockHolder | 'malformed' | undefined {
  const bytes = new Uint8Array(LOCK_FILE_BYTES + 1)
  try {
    const file = nodeFileSystem.open(path, 'read')
    try {
      const length = nodeFileSystem.read(file, bytes, 0, bytes.length, 0)
      return length > LOCK_FILE_BYTES ? 'malformed' : (decodeHolder(bytes.subarray(0, length)) ?? 'malformed')
    } finally {
      nodeFileSystem.close(file)
    }
  } catch (error) {
    if (isIoError(error, 'ENOENT')) return undefined
    throw error
  }
}

function removeOwn(path: string, holder: LockHolder): void {
  const found = readRecord(path)
  if (typeof found === 'object' && found.token === holder.token) removeIfThere(path)
}

function removeIfThere(path: string): void {
  try {
    nodeFileSystem.remove(path)
  } catch (error) {
    if (!isIoError(error, 'ENOENT')) throw error
  }
}

function refusal(dir: string, path: string, found: LockHolder, verdict: Verdict): RingwalError {
  const why = `${path} was written by ${describeHolder(found)}; ${verdict.reason}`
  const advice = verdict.state === 'unknown' ? '. If you are sure that it is dead, remove that file' : ''
  return lockedError(dir, found, why + advice)
}

function malformed(dir: string, path: string): RingwalError {
  const why = `${path} is not a lock file of ringwal, which a crash can not explain: it is never left half written`
  return lockedError(dir, null, `${why}. If you are sure that no process has this log open, remove it`)
}
