/**
 * A process that locks directories on command, one command a line: `lock DIR`, `release`, or `file DIR AT`, which takes
 * the lock file alone, without the socket, when the clock shows AT. Answers each with one line of JSON. It ends when
 * its input ends, and then leaves its locks as they are.
 */
import { createInterface } from 'node:readline'
import { errorToRecord } from '../../src/errors.ts'
import { type DirectoryLock, lockDirectory } from '../../src/storage/directory-lock.ts'
import { takeLockFile } from '../../src/storage/lock-file.ts'
import { type LockHolder, newHolder } from '../../src/storage/lock-holder.ts'
import { judge } from '../../src/storage/lock-verdict.ts'
import { ownIdentity, probeProcess } from '../../src/storage/process-identity.ts'

let held: DirectoryLock | undefined

function takeFileAlone(dir: string, at: number): LockHolder {
  const self = ownIdentity()
  const holder = newHolder(self, null)
  while (Date.now() < at);
  const evidence = { self, freeSocket: null, probe: probeProcess, isLocalDisk: () => true }
  takeLockFile(dir, holder, (found) => judge(found, evidence))
  return holder
}

async function obey(command: string): Promise<unknown> {
  const [verb, dir = '', at] = command.split(' ')
  try {
    if (verb === 'file') return { holder: takeFileAlone(dir, Number(at)) }
    if (verb === 'release') return { released: await held?.release() }
    held = await lockDirectory(dir)
    return { holder: held.holder }
  } catch (error) {
    return { error: errorToRecord(error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(line))}\n`)
}
process.exit()
