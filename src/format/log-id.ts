import { RingwalError } from '../errors.ts'

/** The 16 bytes of a log id. @throws ERR_RINGWAL_INTERNAL if it is not 32 hexadecimal digits */
export function bytesOfLogId(logId: string): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(logId)) throw new RingwalError('ERR_RINGWAL_INTERNAL', `${logId} is no log id`, { logId })
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(logId.slice(2 * i, 2 * i + 2), 16))
}

export function logIdOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
