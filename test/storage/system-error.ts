import { RingwalError } from '../../src/errors.ts'

/** What a call of `node:fs` throws, as far as ringwal reads it. */
export function systemError(errno: number, code: string): Error {
  return Object.assign(new Error(`${code}: made up by a test`), { errno: -errno, code })
}

/** Runs a call that must throw a RingwalError, and returns that. */
export function thrownBy(call: () => unknown): RingwalError {
  try {
    call()
  } catch (error) {
    if (error instanceof RingwalError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
