import { join } from 'node:path'
import { ERROR_MEANINGS } from '../../src/index.ts'
import { checkLog, Violation } from './check-log.ts'
import { type CallPoint, pathsAt } from './death-points.ts'
import type { Lives } from './lives.ts'
import { readCalls, straceCommand, type TracedCall } from './strace.ts'
import type { Refusal, Told } from './told.ts'

/** A call of a life that the kernel refuses. */
export interface Failure extends CallPoint {
  /** Name of the error. */
  readonly errno: string
  /** Whether that call and all further ones of its thread fail. */
  readonly isForEver: boolean
}

/**
 * What each call can be refused with. An interrupted one libuv makes again by itself, for ever if need be, but for reading
 * and closing; a sync too, of which that says no more than that it has not ended.
 */
const ERRNOS: Readonly<Record<string, readonly string[]>> = {
  pwrite64: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG', 'EAGAIN', 'EINTR'],
  fdatasync: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR'],
  fsync: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR'],
  ftruncate: ['EIO', 'ENOSPC', 'EROFS'],
  openat: ['EMFILE', 'ENFILE', 'EACCES', 'ENOSPC', 'EIO', 'EROFS'],
  link: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EMLINK'],
  unlink: ['EIO', 'EROFS', 'EACCES'],
  rename: ['EIO', 'ENOSPC', 'EROFS'],
  close: ['EIO', 'ENOSPC', 'EDQUOT'],
  mkdir: ['EIO', 'ENOSPC', 'EROFS', 'EACCES'],
  chmod: ['EIO', 'EPERM', 'EROFS'],
}

/** Every failure at a point. */
export function failuresAt(point: CallPoint): Failure[] {
  const errnos = ERRNOS[point.family] ?? []
  const failures = errnos.flatMap((errno) => [false, true].map((isForEver) => ({ ...point, errno, isForEver })))
  return failures.filter(({ errno, isForEver }) => errno !== 'EINTR' || !isForEver)
}

/** How a life took a failure. */
export type Taken = 'missed' | 'went on' | 'poisoned' | 'refused'

/** Lets a call fail, sees how the log took that, and checks what it holds afterwards. @throws Violation */
export function failAt(lives: Lives, failure: Failure): Promise<Taken> {
  return lives.inDirectory(async (home) => {
    const { setting, isCrashed, family, n, errno, isForEver } = failure
    const output = join(home, 'calls')
    const inject = `error=${errno}:when=${n}${isForEver ? '+' : ''}`
    const also = ['pwrite64', 'fdatasync', 'fsync', 'openat'].filter((other) => other !== family)
    const by = straceCommand({ family, inject, output, also, paths: pathsAt(failure, home) })
    const { victim, order, last } = await lives.live(home, setting, isCrashed, by)
    const { told } = victim
    const calls = readCalls(output).filter(({ text, isInjected }) => isInjected || text.includes(home))
    const taken = howTaken(calls, told)
    requireKnownErrors(told)
    if (family === 'fdatasync' && errno !== 'EINTR' && taken !== 'missed' && taken !== 'poisoned')
      throw new Violation(`its fdatasync failed, and the log is not poisoned: ${taken}`)
    requireEnded(told)
    if (errno !== 'EINTR') {
      requireNoSecondSync(calls)
      requireSilentWriter(calls)
    }
    told.durable = Math.max(told.durable, last)
    await checkLog(order, told)
    return taken
  })
}

function howTaken(calls: readonly TracedCall[], { refusals }: Told): Taken {
  if (!calls.some(({ isInjected }) => isInjected)) return 'missed'
  if (refusals.length === 0) return 'went on'
  return refusals.some(isPoison) ? 'poisoned' : 'refused'
}

function isPoison({ code }: Refusal): boolean {
  return code === 'ERR_RINGWAL_POISONED'
}

function requireKnownErrors({ refusals }: Told): void {
  for (const refusal of refusals)
    if (!(refusal.code in ERROR_MEANINGS) || refusal.code === 'ERR_RINGWAL_INTERNAL')
      throw new Violation(`an error that is none of ringwal: ${JSON.stringify(refusal)}`)
}

/** Rule R2: a poisoned log takes nothing more, acknowledges nothing more, and says so at its close. */
function requireEnded(told: Told): void {
  const first = told.refusals.findIndex(isPoison)
  if (first === -1) return
  if (told.durableAfterPoison > 0)
    throw new Violation(`LSN ${told.durableAfterPoison} was acknowledged after the poison`)
  const poisoned = told.refusals.filter(isPoison).map(({ deed }) => deed)
  const isEnded = poisoned.includes('close') && (told.refusals[first]!.deed === 'close' || poisoned.includes('append'))
  if (!isEnded) throw new Violation(`a poisoned log goes on: ${JSON.stringify(told.refusals)}`)
}

const SYNCS = ['fsync', 'fdatasync']

/**
 * Rule R2: a sync that failed is never tried again on the same file. Another thread may be on its way to one then, of the directory,
 * and learns of the failure behind it: see durable-names.ts.
 */
function requireNoSecondSync(calls: readonly TracedCall[]): void {
  /** By path the threads that have synced it, or tried to, since it failed. */
  const failed = new Map<string, Set<number>>()
  for (const { thread, call, text, isInjected } of calls) {
    const path = /<([^>]*)>/.exec(text)?.[1] ?? text
    // What is created is another file.
    if (call === 'openat' && text.includes('O_CREAT')) failed.delete(/"([^"]*)"/.exec(text)?.[1] ?? '')
    if (!SYNCS.includes(call)) continue
    const threads = failed.get(path)
    if (threads?.has(thread) && !isInjected) throw new Violation(`${call} of ${path} after one that failed`)
    if (threads !== undefined) threads.add(thread)
    else if (isInjected) failed.set(path, new Set([thread]))
  }
}

/** Rules R2 and R19: the thread whose fdatasync failed, the writer, touches nothing any more. */
function requireSilentWriter(calls: readonly TracedCall[]): void {
  const at = calls.findIndex(({ call, isInjected }) => call === 'fdatasync' && isInjected)
  if (at === -1) return
  const { thread } = calls[at]!
  const further = calls.slice(at + 1).filter((call) => call.thread === thread && call.call !== 'openat')
  if (further.length > 0) throw new Violation(`the writer goes on after its fdatasync failed: ${further[0]!.call}`)
}
