import type { CappedList } from '../capped-list.ts'
import type { FileWindow } from '../file-window.ts'
import { type DamageLog, type ForeignDamage, hex32 } from '../foreign-damage.ts'
import { ENTRY_MAGIC, ENTRY_VERSION, type EntryHeader, HEADER_BYTES, readEntryHeader } from './entry-header.ts'
import { TYPE_NEW, TYPE_ROTATION } from './order-events.ts'
import { PayloadCursor } from './payload-cursor.ts'

/** An entry that is replayed, where it stands in memory: to be used before the next one is asked for. */
export interface FoundEntry {
  readonly header: EntryHeader
  readonly file: string
  readonly offset: number
  readonly payload: PayloadCursor
}

/** What a reader works with, and tells to. */
export interface OrderReports {
  readonly damage: DamageLog
  /** In the original's own words. */
  readonly warnings: CappedList<string>
}

type Place = Pick<ForeignDamage, 'class' | 'offset' | 'bytes' | 'reason'> &
  Partial<Pick<ForeignDamage, 'expected' | 'actual'>>

/** Reads the files of one log one after another, and counts and warns as the original's replay did. */
export class OrderReader {
  replayed = 0
  /** Bytes of the entries that are replayed. */
  bytesReplayed = 0
  corrupted = 0
  /** Files that end inside a header, which the original did not tell. */
  cutHeaders = 0
  /** Entries passed over because their sequence number is not above the last one: with and without loss of what they say. */
  passedOverLost = 0
  passedOverHarmless = 0
  /** Of the last entry that is replayed; 0 before the first. */
  lastSequence = 0n
  #last: EntryHeader | undefined
  readonly #reports: OrderReports
  readonly #maxRecordBytes: number

  constructor(reports: OrderReports, maxRecordBytes: number) {
    this.#reports = reports
    this.#maxRecordBytes = maxRecordBytes
  }

  /**
   * The entries of a file that are replayed; `undefined` where one was passed over, to let a caller pause.
   * @param openedAt the sequence number in the file's name
   */
  *read(window: FileWindow, openedAt: bigint | undefined): Generator<FoundEntry | undefined> {
    let offset = 0
    while (window.size - offset >= HEADER_BYTES) {
      const at = window.locate(offset, HEADER_BYTES)
      const header = readEntryHeader(window.view, at)
      if (this.#endsFile(window, offset, header)) return
      yield this.#verifies(window, offset, header) && this.#follows(window, offset, header, openedAt)
        ? this.#take(window, offset, header)
        : undefined
      offset += HEADER_BYTES + header.payloadBytes
    }
    if (offset < window.size) this.#endInHeader(window, offset)
  }

  /** Whether a header is none, or of a payload that is not there. */
  #endsFile(window: FileWindow, offset: number, { magic, version, payloadBytes }: EntryHeader): boolean {
    const bytes = window.size - offset
    const behind = 'nothing behind it is read'
    if (magic !== ENTRY_MAGIC) {
      const reason = `no entry begins there: magic ${hex32(magic)}; ${behind}`
      this.#corrupt(
        window,
        { class: 'header', offset, bytes, reason },
        `Invalid WAL entry magic at offset; offset = ${offset}`,
      )
      return true
    }
    if (version !== ENTRY_VERSION) {
      const reason = `version ${version} is not read; ${behind}`
      this.#corrupt(
        window,
        { class: 'header', offset, bytes, reason },
        `Unsupported WAL version; header.version = ${version}`,
      )
      return true
    }
    const rest = bytes - HEADER_BYTES
    if (payloadBytes <= rest) return false
    const reason = `of a payload of ${payloadBytes} bytes only ${rest} are there`
    this.#corrupt(
      window,
      { class: 'truncated', offset, bytes, reason },
      `Truncated WAL entry at offset; offset = ${offset}`,
    )
    return true
  }

  /** Whether a payload's checksum holds and it may be taken into memory: a size that is wrong must not cost any before. */
  #verifies(window: FileWindow, offset: number, { payloadBytes, checksum }: EntryHeader): boolean {
    const bytes = HEADER_BYTES + payloadBytes
    window.look(offset, bytes)
    const actual = window.crc32(offset + HEADER_BYTES, payloadBytes)
    if (actual !== checksum) {
      const checks = { expected: hex32(checksum), actual: hex32(actual) }
      const place = { class: 'checksum', offset, bytes, reason: 'the entry is skipped', ...checks } as const
      this.#corrupt(window, place, `WAL entry checksum mismatch at offset; offset = ${offset}`)
      return false
    }
    if (payloadBytes <= this.#maxRecordBytes) return true
    const reason = `a whole payload of ${payloadBytes} bytes, more than the ${this.#maxRecordBytes} that are allowed, is skipped`
    this.#corrupt(
      window,
      { class: 'too-large', offset, bytes, reason },
      `WAL entry too large at offset; offset = ${offset}`,
    )
    return false
  }

  /** Whether a sequence number is above the last one. */
  #follows(window: FileWindow, offset: number, header: EntryHeader, openedAt: bigint | undefined): boolean {
    const { sequence } = header
    const last = this.lastSequence
    if (sequence <= last) {
      this.#passOver(window, offset, header)
      return false
    }
    if (last > 0n && sequence > last + 1n) {
      this.#reports.warnings.add(`WAL sequence gap detected; last_sequence = ${last}; header.sequence = ${sequence}`)
    }
    // Old files are removed: a log begins where the name of its first file says.
    const expected = (last > 0n ? last : (openedAt ?? sequence - 1n)) + 1n
    if (sequence > expected) {
      const reason = `the sequence numbers ${expected} to ${sequence - 1n} are missing before it`
      this.#tell(window, { class: 'gap', offset, bytes: 0, reason })
    }
    return true
  }

  #passOver(window: FileWindow, offset: number, header: EntryHeader): void {
    const { sequence } = header
    const numbers = `header.sequence = ${sequence}; last_sequence = ${this.lastSequence}`
    this.#reports.warnings.add(`Skipping duplicate/out-of-order WAL entry; ${numbers}`)
    if (header.type === TYPE_ROTATION || isTwin(header, this.#last)) {
      this.passedOverHarmless++
      return
    }
    this.passedOverLost++
    const bytes = HEADER_BYTES + header.payloadBytes
    const reason = `sequence number ${sequence} comes behind ${this.lastSequence}; the entry is not replayed, and what it says is lost`
    this.#tell(window, { class: 'repeated', offset, bytes, reason })
  }

  #take(window: FileWindow, offset: number, header: EntryHeader): FoundEntry {
    const odd = oddityOf(header)
    if (odd !== undefined) this.#tell(window, { class: 'header', offset, bytes: 0, reason: odd })
    this.replayed++
    this.bytesReplayed += HEADER_BYTES + header.payloadBytes
    this.lastSequence = header.sequence
    this.#last = header
    const at = window.locate(offset + HEADER_BYTES, header.payloadBytes)
    const payload = new PayloadCursor(window.buffer, window.view, at, at + header.payloadBytes)
    return { header, file: window.name, offset, payload }
  }

  #endInHeader(window: FileWindow, offset: number): void {
    const bytes = window.size - offset
    this.cutHeaders++
    const reason = `the file ends inside an entry's header, of which ${bytes} bytes are there`
    this.#tell(window, { class: 'truncated', offset, bytes, reason })
  }

  #corrupt(window: FileWindow, place: Place, warning: string): void {
    this.corrupted++
    this.#reports.warnings.add(warning)
    this.#tell(window, place)
  }

  #tell(window: FileWindow, place: Place): void {
    this.#reports.damage.add({ file: window.name, expected: null, actual: null, ...place })
  }
}

/** What is wrong with a header that is read all the same: no checksum covers it. */
function oddityOf({ type, reserved }: EntryHeader): string | undefined {
  if (type < TYPE_NEW || type > TYPE_ROTATION) return `an entry of type ${type}, which there is not, changes nothing`
  return reserved === 0 ? undefined : 'bytes of the header that should be zeros are not'
}

/** Whether an entry was written twice: then the one that is passed over says nothing more. */
function isTwin(header: EntryHeader, last: EntryHeader | undefined): boolean {
  if (last === undefined) return false
  const { sequence, time, type, payloadBytes, checksum } = header
  const isSame = sequence === last.sequence && time === last.time && type === last.type
  return isSame && payloadBytes === last.payloadBytes && checksum === last.checksum
}
