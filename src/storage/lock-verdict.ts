/** Whether the writer of a lock file still lives, judged from what it wrote and what the judge can see. */
import type { LockHolder } from './lock-holder.ts'
import type { ProcessIdentity, ProcessState } from './process-identity.ts'

export interface Verdict {
  /** `unknown` counts as held: two writers cost a log, a refusal costs a look. */
  readonly state: 'stale' | 'held' | 'unknown'
  /** A clause about the holder, to follow its description. */
  readonly reason: string
}

/** What the judge knows. A port, so that a test can be a judge in another container or after a reboot. */
export interface Evidence {
  readonly self: ProcessIdentity
  /** The directory's abstract socket, if nobody in this network namespace but the judge has it; else `null`. */
  readonly freeSocket: string | null
  /** Looks a pid up in the judge's pid namespace. */
  probe(pid: number): ProcessState
  /** True if no other machine can have the directory open. */
  isLocalDisk(): boolean
}

/**
 * | boot | machine | namespace | seen | verdict |
 * |---|---|---|---|---|
 * | other | local disk, or same host name | | | stale: it was written before this boot |
 * | other | shared disk, other host name | | | unknown: that machine may be up |
 * | same | | same network | the holder's socket is free | stale: a living holder has it bound |
 * | same | | same pid | pid is dead, or reused | stale |
 * | same | | same pid | pid lives | held |
 * | same | | others | | unknown: its processes can not be seen from here |
 * | not known | not Linux, same host name | | pid is dead / lives | stale / held |
 * | not known | any other | | | unknown |
 */
export function judge(holder: LockHolder, evidence: Evidence): Verdict {
  const { self } = evidence
  if (holder.bootId === null || self.bootId === null) return judgeByHost(holder, evidence)
  if (holder.bootId !== self.bootId) return judgeAfterBoot(holder, evidence)
  if (same(holder.netNamespace, self.netNamespace) && same(holder.socket, evidence.freeSocket)) {
    return { state: 'stale', reason: 'its socket is free' }
  }
  if (same(holder.pidNamespace, self.pidNamespace)) return judgeByPid(holder, evidence)
  return { state: 'unknown', reason: 'it ran in other namespaces (a container?), where this process can not look' }
}

function judgeAfterBoot(holder: LockHolder, evidence: Evidence): Verdict {
  if (holder.hostname === evidence.self.hostname || evidence.isLocalDisk()) {
    return { state: 'stale', reason: 'it ran before the machine was booted' }
  }
  return {
    state: 'unknown',
    reason: 'it ran on another machine, or before a reboot, on a disk that machines may share',
  }
}

function judgeByPid(holder: LockHolder, evidence: Evidence): Verdict {
  const found = evidence.probe(holder.pid)
  if (!found.alive) return { state: 'stale', reason: 'it is dead' }
  const comparable = same(holder.timeNamespace, evidence.self.timeNamespace) && holder.startTime !== null
  if (comparable && found.startTime !== null && found.startTime !== holder.startTime) {
    return { state: 'stale', reason: 'it is dead, and its pid belongs to a younger process' }
  }
  return { state: 'held', reason: 'it is alive' }
}

function judgeByHost(holder: LockHolder, evidence: Evidence): Verdict {
  const { platform, hostname } = evidence.self
  if (platform === 'linux' || holder.platform !== platform || holder.hostname !== hostname) {
    return { state: 'unknown', reason: 'too little is known to say whether it lives' }
  }
  return judgeByPid(holder, evidence)
}

function same(one: string | null, other: string | null): boolean {
  return one !== null && one === other
}
