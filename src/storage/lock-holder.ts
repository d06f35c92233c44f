/** What stands in a lock file, as data and as text. */
import { randomBytes } from 'node:crypto'
import { RingwalError } from '../errors.ts'
import type { ProcessIdentity } from './process-identity.ts'

export interface LockHolder extends ProcessIdentity {
  /** ISO 8601, by the holder's clock. */
  readonly since: string
  /** Name of the abstract socket it holds as long as it lives; `null` where it has none. */
  readonly socket: string | null
  /** Random, 32 hexadecimal digits: no two lockings share it, so a lock file never comes back under the same one. */
  readonly token: string
}

/** Every lock file has this size: text, then blanks, so that one file's blocks can be used again for another. */
export const LOCK_FILE_BYTES: number = 4096

const TEXT_LENGTH_MAX = 256
const PID_MAX = 2 ** 32 - 1

export function newHolder(identity: ProcessIdentity, socket: string | null): LockHolder {
  return { ...identity, since: new Date().toISOString(), socket, token: randomBytes(16).toString('hex') }
}

export function encodeHolder(holder: LockHolder): Uint8Array {
  const bytes = new Uint8Array(LOCK_FILE_BYTES).fill(0x20)
  const text = Buffer.from(`${JSON.stringify(holder, null, 2)}\n`)
  if (text.length > bytes.length) throw new RingwalError('ERR_RINGWAL_INTERNAL', 'a lock holder does not fit its file')
  bytes.set(text)
  return bytes
}

/** @returns `undefined` for anything that ringwal would not have written. Members of later releases are ignored. */
export function decodeHolder(bytes: Uint8Array): LockHolder | undefined {
  const fields = parseObject(bytes)
  if (fields === undefined) return undefined
  const { platform, hostname, pid, threadId, since, token } = fields
  const { startTime, bootId, pidNamespace, netNamespace, timeNamespace, socket } = fields
  if (!isText(platform) || !isText(hostname) || !isText(since)) return undefined
  if (!isCount(pid) || pid === 0 || !isCount(threadId)) return undefined
  // The token becomes part of a file name.
  if (typeof token !== 'string' || !/^[0-9a-f]{32}$/.test(token)) return undefined
  if (!isTextOrNull(startTime) || !isTextOrNull(bootId) || !isTextOrNull(socket)) return undefined
  if (!isTextOrNull(pidNamespace) || !isTextOrNull(netNamespace) || !isTextOrNull(timeNamespace)) return undefined
  const identity = { platform, hostname, pid, threadId, startTime, bootId, pidNamespace, netNamespace, timeNamespace }
  return { ...identity, since, socket, token }
}

/** The holder in a few words, safe to print: the file's text is not trusted. */
export function describeHolder(holder: LockHolder): string {
  const { pid, threadId, hostname, since } = holder
  return `pid ${pid}, thread ${threadId}, host ${JSON.stringify(hostname)}, since ${JSON.stringify(since)}`
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= PID_MAX
}
