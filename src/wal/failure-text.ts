import type { ErrorRecord } from '../errors.ts'

/** An error record as bytes, cut to its code and the start of its message where it would not fit `limit`. */
export function encodeFailure(failure: ErrorRecord, limit: number): Uint8Array {
  const encoder = new TextEncoder()
  const whole = encoder.encode(
    JSON.stringify(failure, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  )
  if (whole.length <= limit) return whole
  return encoder.encode(JSON.stringify({ code: failure.code, message: failure.message.slice(0, 800), facts: {} }))
}

export function decodeFailure(bytes: Uint8Array): ErrorRecord {
  return JSON.parse(new TextDecoder().decode(bytes)) as ErrorRecord
}
