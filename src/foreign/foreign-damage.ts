import { RingwalError } from '../errors.ts'
import { CappedList } from './capped-list.ts'

/**
 * - `checksum`: the bytes are not those that were written
 * - `length`: a size that can not be
 * - `structure`: the checksum holds, and the bytes are not what they say to be
 * - `content`: the record is whole, and says what can not be
 * - `header`: a magic, version or type that is not this format's
 * - `truncated`: the file ends inside a record
 * - `too-large`: whole, but larger than `maxRecordBytes`
 * - `gap`: sequence numbers are missing
 * - `repeated`: a sequence number that was used before
 * - `unreadable`: the file can not be read
 */
export type ForeignDamageClass =
  | 'checksum'
  | 'length'
  | 'structure'
  | 'content'
  | 'header'
  | 'truncated'
  | 'too-large'
  | 'gap'
  | 'repeated'
  | 'unreadable'

/** A place in another system's log that is not as its writer left it, or that the original would have let pass. */
export interface ForeignDamage {
  readonly class: ForeignDamageClass
  /** File name, without its directory. */
  readonly file: string
  readonly offset: number
  /** Bytes from there on that gave no record; 0 if the record there was used all the same, or none stands there. */
  readonly bytes: number
  /** The checksum that the record carries, and the one that its bytes have: 8 hexadecimal digits; null where none can be told. */
  readonly expected: string | null
  readonly actual: string | null
  readonly reason: string
}

/** One line that says what and where. File names are as found: they may hold anything but a slash. */
export function describeForeignDamage(damage: ForeignDamage): string {
  const { file, offset, bytes, expected, actual } = damage
  const checks = expected === null ? '' : `; expected checksum ${expected}, actual ${actual}`
  return `${damage.class} damage in ${file} at offset ${offset}, ${bytes} bytes: ${damage.reason}${checks}`
}

export function hex32(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}

/** What is done about damage: throw at the first, go on, or tell and go on. */
export type OnForeignDamage = 'stop' | 'skip' | ((damage: ForeignDamage) => void)

/** All damage of one reading: kept up to a limit, counted, and handed on. */
export class DamageLog {
  readonly list: CappedList<ForeignDamage>
  /** Bytes that gave no record. */
  bytesLost = 0
  readonly #handler: OnForeignDamage

  constructor(handler: OnForeignDamage, limit: number) {
    this.#handler = handler
    this.list = new CappedList(limit)
  }

  /** @throws ERR_RINGWAL_DAMAGED under `stop` */
  add(damage: ForeignDamage): void {
    this.list.add(damage)
    this.bytesLost += damage.bytes
    if (this.#handler === 'stop') {
      throw new RingwalError('ERR_RINGWAL_DAMAGED', describeForeignDamage(damage), { ...damage })
    }
    if (this.#handler !== 'skip') this.#handler(damage)
  }
}
