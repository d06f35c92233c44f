import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeHolder, type LockHolder, newHolder } from '../../src/storage/lock-holder.ts'
import { ownIdentity } from '../../src/storage/process-identity.ts'

/** Writes a lock file as a process would have that is this one but for `differences`. */
export function writeLock(dir: string, differences: Partial<LockHolder>, name = 'LOCK'): LockHolder {
  const holder = { ...newHolder(ownIdentity(), null), ...differences }
  writeFileSync(join(dir, name), encodeHolder(holder), { mode: 0o600 })
  return holder
}

/** A pid that no process has: that of a child that has ended and was waited for. */
export function deadPid(): number {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  return pid
}
