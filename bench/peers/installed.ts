/** The peers' own package: `bench/peers` in ringwal's repository, which the published package does not hold. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { RingwalError } from '../../src/index.ts'
import type { Found } from './peer.ts'

export const INSTALL_COMMAND = 'npm run bench:peers:install'

/** Seen from where the compiler puts this file: `dist/bench/peers`. */
const HOME = fileURLToPath(new URL('../../../bench/peers/', import.meta.url))

/** @throws ERR_RINGWAL_NOT_FOUND, saying what to do about it */
export function loadPackage<T>(name: string): T {
  if (!existsSync(`${HOME}package.json`)) {
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', "the peers come with ringwal's repository, not with the package")
  }
  if (!existsSync(manifestOf(name))) {
    throw new RingwalError('ERR_RINGWAL_NOT_FOUND', `not installed: ${INSTALL_COMMAND}`, { package: name })
  }
  return createRequire(`${HOME}package.json`)(name) as T
}

/** @param tryOut does what shows that the native part works, where loading the package does not */
export function findPackage<T>(name: string, tryOut: (loaded: T) => void = () => undefined): Found {
  try {
    tryOut(loadPackage<T>(name))
    const { version } = JSON.parse(readFileSync(manifestOf(name), 'utf8')) as { version: string }
    return { version }
  } catch (error) {
    return { missing: (error as Error).message.split('\n', 1)[0]! }
  }
}

function manifestOf(name: string): string {
  return `${HOME}node_modules/${name}/package.json`
}
