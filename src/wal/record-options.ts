import { optionError, RingwalError } from '../errors.ts'

/** What may be said about a record besides its payload. */
export interface RecordOptions extends RecordTime {
  /** The application's record type, 0 to 65535. 0 by default. */
  readonly type?: number
  /** Routing hash for sharded replay, 0 to 4294967295. 0, the default, is none. */
  readonly key?: number
}

export interface RecordTime {
  /** Nanoseconds since the Unix epoch, 0 to 2^64 - 1. The present time by default. */
  readonly time?: bigint
}

export interface BytesOptions extends RecordOptions {
  /** How readers are to take the bytes: as they are (default), or as one MessagePack value that you encoded. */
  readonly codec?: 'bytes' | 'msgpack'
}

/** One record of a batch of bytes. */
export interface BytesRecord extends BytesOptions {
  readonly bytes: Uint8Array
}

export const NO_OPTIONS: BytesOptions = {}

/** @throws ERR_RINGWAL_OPTION */
export function checkOptions(options: RecordOptions): void {
  if (options === NO_OPTIONS) return
  const { type = 0, key = 0, time } = options
  if ((type & 0xffff) !== type) throw optionError('type', type, 'an integer from 0 to 65535')
  if (key >>> 0 !== key) throw optionError('key', key, 'an integer from 0 to 4294967295')
  checkTime(time)
}

/** @throws ERR_RINGWAL_OPTION */
export function checkTime(time: bigint | undefined): void {
  if (time === undefined || (typeof time === 'bigint' && BigInt.asUintN(64, time) === time)) return
  throw optionError('time', time, 'a bigint from 0 to 2^64 - 1')
}

export function tooLarge(what: string, bytes: number, limit: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_TOO_LARGE', `${what} ${bytes} bytes; this log takes ${limit}`, { bytes, limit })
}
