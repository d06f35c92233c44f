/** Reading and writing a number of bytes, however many calls it takes. */
import { RingwalError } from '../errors.ts'
import { hasErrnoName, ioErrorFrom } from './io-error.ts'

/** Node cuts a read's length to 31 bits without a word, so no single call asks for more than this. */
const BYTES_PER_CALL_MAX = 2 ** 30

/** Interrupted calls in a row, without progress, before the error is believed: about a tenth of a second. */
export const INTERRUPTIONS_MAX: number = 100

const pauseCell: Int32Array = new Int32Array(new SharedArrayBuffer(4))

/**
 * Repeats a call until `length` bytes are done or it moves none. libuv reports an error after progress as a short
 * count; the next call then brings the error itself to light. libuv repeats an interrupted write, but not a read, and
 * nothing that answered EAGAIN.
 *
 * @param call moves up to `count` bytes, `done` bytes after the start, and returns how many it moved
 * @returns how many bytes were moved
 */
export function transfer(
  operation: 'read' | 'write',
  path: string,
  length: number,
  position: number,
  call: (done: number, count: number) => number,
): number {
  requirePosition(operation, position)
  let done = 0
  let interruptions = 0
  while (done < length) {
    try {
      const count = call(done, Math.min(length - done, BYTES_PER_CALL_MAX))
      if (count === 0) break
      done += count
      interruptions = 0
    } catch (error) {
      interruptions += 1
      if (!hasErrnoName(error, 'EINTR', 'EAGAIN') || interruptions > INTERRUPTIONS_MAX) {
        throw ioErrorFrom(operation, path, error, { offset: position + done })
      }
      Atomics.wait(pauseCell, 0, 0, 1)
    }
  }
  return done
}

/** Node takes a position it does not like for "wherever the descriptor stands": it must never get that far. */
function requirePosition(operation: string, position: number): void {
  if (Number.isSafeInteger(position) && position >= 0) return
  throw new RingwalError('ERR_RINGWAL_INTERNAL', `${operation} at position ${position}, which no file has`, {
    position,
  })
}
