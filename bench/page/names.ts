import { sizeOf } from '../report/format.ts'
import type { Encoding } from '../result.ts'

/** What is appended, in words. */
export const ENCODINGS: Readonly<Record<Encoding, string>> = {
  bytes: 'bytes',
  declared: 'declared record',
  any: 'any object',
}

/** "declared record, 249 B". */
export function encodingName(encoding: Encoding, size: number): string {
  return `${ENCODINGS[encoding]}, ${sizeOf(size)}`
}
