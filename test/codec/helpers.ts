import { expect } from 'vitest'
import { type Codec, createCodec } from '../../src/codec/index.ts'
import { RingwalError } from '../../src/errors.ts'

export const codec: Codec = createCodec({ useBigInt64: false })
export const bigintCodec: Codec = createCodec({ useBigInt64: true })

/** What `value` is after a way out and in again, through bytes of its own as a reader has them. */
export function roundTrip(value: unknown, through: Codec = codec): unknown {
  return through.decode(through.encode(value).slice())
}

/** The error of `action`, which must be a RingwalError. */
export function errorOf(action: () => unknown): RingwalError {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(RingwalError)
    return error as RingwalError
  }
  throw new Error('nothing was thrown')
}

/** Asserts that `value` is refused at exactly this path for this reason. */
export function expectRefused(value: unknown, path: string, reason: string | RegExp, through: Codec = codec): void {
  const error = errorOf(() => through.encode(value))
  expect(error.code).toBe('ERR_RINGWAL_VALUE')
  expect(error.facts['path']).toBe(path)
  expect(error.facts['reason']).toMatch(reason)
  expect(error.message).toContain(path)
}

/** Asserts that `bytes` are refused for this reason. */
export function expectUnreadable(bytes: readonly number[] | Uint8Array, reason: RegExp, through: Codec = codec): void {
  const error = errorOf(() => through.decode(Uint8Array.from(bytes)))
  expect(error.code).toBe('ERR_RINGWAL_INPUT')
  expect(error.facts['reason']).toMatch(reason)
  expect(error.facts['offset']).toBeTypeOf('number')
}

/** `depth` arrays inside each other, `core` in the innermost. */
export function nested(depth: number, core: readonly unknown[] = []): unknown {
  let value: unknown = core
  for (let level = 1; level < depth; level++) value = [value]
  return value
}
