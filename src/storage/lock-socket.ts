/**
 * The abstract unix socket of a directory: a lock that the kernel releases when its holder dies, however it dies.
 * Linux only. It reaches as far as the network namespace: not into another container, not to another machine.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { ioErrorFrom, isIoError } from './io-error.ts'

/** Bytes in `sun_path`, the leading zero included. */
const NAME_BYTES = 108

export interface LockSocket {
  close(): Promise<void>
}

/**
 * The name without its leading zero, always the longest there is. Node 20 (libuv 1.46) fills a shorter one with zeros,
 * later releases do not: a name of full length is the same for both, or they would not see each other's lock.
 *
 * @param identity device and inode, so that every path of one directory has the same name
 */
export function lockSocketName(identity: string): string | null {
  return process.platform === 'linux' ? `ringwal-${identity.replace(':', '-')}-`.padEnd(NAME_BYTES - 1, '-') : null
}

/**
 * Never waits. The socket does not keep the process alive.
 * @returns `taken` if somebody has it; `unavailable` if this process may not have such sockets (a seccomp filter)
 */
export async function bindLockSocket(name: string): Promise<LockSocket | 'taken' | 'unavailable'> {
  const server = createServer((connection) => connection.destroy())
  try {
    await listen(server, name)
  } catch (cause) {
    const error = ioErrorFrom('bind', `@${name}`, cause)
    if (isIoError(error, 'EADDRINUSE')) return 'taken'
    if (isIoError(error, 'EACCES', 'EPERM', 'EAFNOSUPPORT')) return 'unavailable'
    throw error
  }
  // The bound name is the lock; a connection that could not be accepted does not matter.
  server.on('error', () => {})
  server.unref()
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

function listen(server: Server, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Exclusive, or a worker of `node:cluster` would share the socket of its siblings.
    server.listen({ path: `\0${name}`, exclusive: true, backlog: 1 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Looks without binding, so that a tool never gets in a writer's way. `unknown` where the kernel does not tell. */
export function lookAtLockSocket(name: string): 'bound' | 'free' | 'unknown' {
  try {
    return readFileSync('/proc/net/unix', 'latin1').includes(` @${name}`) ? 'bound' : 'free'
  } catch {
    return 'unknown'
  }
}
