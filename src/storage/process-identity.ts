/**
 * Who a process is, so that another one, perhaps after a reboot or in another container, can tell whether it lives.
 *
 * A pid alone names nobody: pids come back. Boot id, namespace and start time make the name unique on Linux (proc(5),
 * namespaces(7)). Elsewhere the pid and the host's name are all there is.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/** A fact that could not be found out is `null`, and proves nothing. */
export interface ProcessIdentity {
  readonly platform: string
  readonly hostname: string
  readonly pid: number
  readonly threadId: number
  /** Clock ticks between boot and the process's start, as text; field 22 of /proc/self/stat. */
  readonly startTime: string | null
  /** A new one at every boot of the machine. */
  readonly bootId: string | null
  /** Such as `pid:[4026531836]`. Numbers of dead namespaces are reused. */
  readonly pidNamespace: string | null
  readonly netNamespace: string | null
  /** Start times are counted from another zero in another time namespace. */
  readonly timeNamespace: string | null
}

export interface ProcessState {
  readonly alive: boolean
  /** `null` where it can not be read. */
  readonly startTime: string | null
}

export function ownIdentity(): ProcessIdentity {
  return {
    platform: process.platform,
    hostname: hostname(),
    pid: process.pid,
    threadId,
    startTime: readStat('self')?.startTime ?? null,
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    netNamespace: orNull(() => readlinkSync('/proc/self/ns/net')),
    timeNamespace: orNull(() => readlinkSync('/proc/self/ns/time')),
  }
}

/** Looks a pid up in the caller's own pid namespace. */
export function probeProcess(pid: number): ProcessState {
  try {
    // Asked first, not /proc: with the mount option hidepid a living process of another user is not to be seen there.
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return { alive: false, startTime: null }
  }
  const stat = procShowsOwnNamespace() ? readStat(String(pid)) : undefined
  // A zombie's files are closed; but a zombie leader may have threads that still finish a write.
  if (stat?.state === 'Z' && stat.threads <= 1) return { alive: false, startTime: stat.startTime }
  return { alive: true, startTime: stat?.startTime ?? null }
}

/** After `unshare --pid` without a fresh /proc, its numbers are those of another namespace. */
function procShowsOwnNamespace(): boolean {
  return orNull(() => readlinkSync('/proc/self')) === String(process.pid)
}

interface Stat {
  readonly state: string
  readonly threads: number
  readonly startTime: string
}

function readStat(process: string): Stat | undefined {
  const text = orNull(() => readFileSync(`/proc/${process}/stat`, 'latin1'))
  return text === null ? undefined : parseStat(text)
}

/** Exported for its test: the second field is a name that may hold blanks and brackets. */
export function parseStat(text: string): Stat | undefined {
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ')
  // proc(5) counts from 1, and the first field here is the third there.
  const [state, threads, startTime] = [fields[3 - 3], fields[20 - 3], fields[22 - 3]]
  if (state === undefined || threads === undefined || startTime === undefined) return undefined
  return /^\d+$/.test(startTime) ? { state, threads: Number(threads), startTime } : undefined
}

function orNull<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}
