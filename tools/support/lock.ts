import { type LockState, readLock } from '../../src/storage/directory-lock.ts'
import { printable } from './printable.ts'

/** Who has the log open, in a few words safe to print; undefined if nobody has. */
export function describeWriter({ state, holder, reason }: LockState): string | undefined {
  if (state !== 'held') return undefined
  return holder === null
    ? printable(reason)
    : printable(`pid ${holder.pid} on ${holder.hostname}, since ${holder.since}`)
}

/** The same for the log in a directory, where that can be found out. */
export function liveWriter(dir: string): string | undefined {
  try {
    return describeWriter(readLock(dir))
  } catch {
    // For who only reads, a lock that can not be looked at is no hindrance.
    return undefined
  }
}
