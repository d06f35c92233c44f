import { RingwalError } from '../errors.ts'
import { SEQUENCE_MAX } from './archive-names.ts'
import { decodeLines, encodeLines } from './checked-lines.ts'
import { NumberRanges, type Range } from './number-ranges.ts'

/*
 * Thinning leaves holes between the numbers of backups. A note tells which of them are meant: every other hole is a loss. From the
 * moment that it is stored its backups are gone, whatever of them is still there, or comes back: an archiver that was held up may
 * yet store a manifest of such a number.
 */

const FORMAT = 'ringwal-archive-thinning'
const VERSION = 1

/** @param createdMs milliseconds since the Unix epoch @param givenUp numbers of backups, all those of earlier notes among them */
export function encodeNote(createdMs: number, givenUp: NumberRanges): Uint8Array {
  return encodeLines(JSON.stringify({ format: FORMAT, version: VERSION, createdMs, givenUp: givenUp.ranges }))
}

/** @throws ERR_RINGWAL_DAMAGED, with the name as the fact `object`; ERR_RINGWAL_FORMAT for a later version */
export function decodeNote(bytes: Uint8Array, name: string): NumberRanges {
  const fail = (reason: string): never => {
    throw new RingwalError('ERR_RINGWAL_DAMAGED', `${name}: ${reason}`, { object: name })
  }
  const { version, givenUp } = decodeLines(bytes, FORMAT, 'note of a thinning', fail)
  if (version !== VERSION) {
    const message = `${name} is of a version that this release does not read`
    throw new RingwalError('ERR_RINGWAL_FORMAT', message, { object: name, supported: VERSION })
  }
  if (!Array.isArray(givenUp) || !givenUp.every(isRange)) fail('its field givenUp is no list of ranges')
  return new NumberRanges(givenUp as Range[])
}

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isSafeInteger)) return false
  return value[0] >= 1 && value[0] <= value[1] && value[1] <= SEQUENCE_MAX
}
