import { type FileWindow, WINDOW_BYTES } from '../file-window.ts'
import { DamageLog, type ForeignDamage, hex32 } from '../foreign-damage.ts'
import type { ForeignPlan } from '../foreign-options.ts'
import { PartitionEntry, type PartitionValue } from './partition-entry.ts'
import { CHECKSUM_BYTES, classOfCut, partsOf, type RecordParts, SIZE_BYTES } from './record-layout.ts'

/** What a place of damage is, but for the file. */
type Place = Pick<ForeignDamage, 'class' | 'offset' | 'bytes' | 'reason'> &
  Partial<Pick<ForeignDamage, 'expected' | 'actual'>>

/** Reads partition files one after another and counts what it meets, as the original's recovery did. */
export class PartitionReader {
  /** Records that verify. */
  recovered = 0
  /** Records whose checksum is wrong, which are passed over by their size. */
  crcSkipped = 0
  /** Places, of any kind, that gave no record. */
  unread = 0
  /** Whether a file ended inside a record's body. */
  hasPartialTail = false
  /** Bytes behind the last record that a file's end cut. */
  leftoverTailBytes = 0
  /** Bytes of the files that were opened. */
  bytes = 0
  readonly damage: DamageLog
  readonly #maxRecordBytes: number

  constructor(plan: ForeignPlan) {
    this.damage = new DamageLog(plan.onDamage, plan.maxReports)
    this.#maxRecordBytes = plan.maxRecordBytes
  }

  /** The records of a file; `undefined` where one was passed over, to let a caller pause. */
  *read(window: FileWindow): Generator<PartitionEntry | undefined> {
    this.bytes += window.size
    let offset = 0
    while (window.size - offset >= SIZE_BYTES) {
      const size = window.uint32(offset)
      const next = offset + SIZE_BYTES + size
      if (size < CHECKSUM_BYTES) {
        const reason = `a record can not have a size of ${size}; nothing behind it is read`
        this.#lose(window, { class: 'length', offset, bytes: window.size - offset, reason })
        return
      }
      if (next > window.size) {
        this.#endInside(window, offset, size)
        return
      }
      if (this.#verifies(window, offset, size)) {
        const entry = this.#take(window, offset, size)
        if (entry === undefined) return
        yield entry
      } else yield undefined
      offset = next
    }
    if (window.size > offset) this.#endInSize(window, offset)
  }

  /** Leaves a file that can not be read, or not further; what was read of it counts. How much is lost is not known. */
  giveUp(file: string, reason: string): void {
    this.unread++
    this.damage.add({ class: 'unreadable', file, offset: 0, bytes: 0, expected: null, actual: null, reason })
  }

  /** Whether a record's checksum holds and it may be taken into memory: a size that is wrong must not cost any before. */
  #verifies(window: FileWindow, offset: number, size: number): boolean {
    const body = offset + SIZE_BYTES
    const bytes = SIZE_BYTES + size
    window.look(offset, bytes)
    const expected = window.uint32(body)
    const actual = window.crc32(body + CHECKSUM_BYTES, size - CHECKSUM_BYTES)
    if (actual !== expected) {
      this.crcSkipped++
      const checks = { expected: hex32(expected), actual: hex32(actual) }
      this.#lose(window, { class: 'checksum', offset, bytes, reason: 'the record is skipped', ...checks })
      return false
    }
    if (size <= this.#maxRecordBytes) return true
    const reason = `a whole record of ${size} bytes, more than the ${this.#maxRecordBytes} that are allowed, is skipped`
    this.#lose(window, { class: 'too-large', offset, bytes, reason })
    return false
  }

  /** The record at `offset`, or undefined if its sizes do not fit: the original crashed there. */
  #take(window: FileWindow, offset: number, size: number): PartitionEntry | undefined {
    const at = window.locate(offset + SIZE_BYTES, size)
    const parts = partsOf(window.view, at, size)
    if (typeof parts === 'string') {
      const reason = `${parts}, though its checksum holds; nothing behind it is read`
      this.#lose(window, { class: 'structure', offset, bytes: window.size - offset, reason })
      return undefined
    }
    this.recovered++
    const behind = at + size - parts.valueEnd
    if (behind > 0) {
      const reason = `${behind} bytes stand behind the record's value; the record is used`
      this.#tell(window, { class: 'structure', offset, bytes: 0, reason })
    }
    return new PartitionEntry(this.recovered, parts.timestamp, copyOf(window.bytes, parts), window.name, offset)
  }

  #endInside(window: FileWindow, offset: number, size: number): void {
    const bytes = window.size - offset
    const rest = bytes - SIZE_BYTES
    const at = window.look(offset, bytes) + SIZE_BYTES
    const kind = classOfCut(window.view, at, size, Math.min(rest, WINDOW_BYTES - SIZE_BYTES))
    this.hasPartialTail = true
    this.leftoverTailBytes += bytes
    const cut = `of a record of ${size} bytes only ${rest} are there`
    const reason = kind === 'truncated' ? cut : `${cut}, and its size is not what its key and value take`
    this.#lose(window, { class: kind, offset, bytes, reason })
  }

  #endInSize(window: FileWindow, offset: number): void {
    const bytes = window.size - offset
    this.leftoverTailBytes += bytes
    const reason = `the file ends inside a record's size field, of which ${bytes} bytes are there`
    this.#lose(window, { class: 'truncated', offset, bytes, reason })
  }

  #lose(window: FileWindow, place: Place): void {
    this.unread++
    this.#tell(window, place)
  }

  #tell(window: FileWindow, place: Place): void {
    this.damage.add({ file: window.name, expected: null, actual: null, ...place })
  }
}

/** One copy for both: the size between them costs less than a second one would. */
function copyOf(bytes: Uint8Array, { keyStart, keyEnd, valueStart, valueEnd }: RecordParts): PartitionValue {
  const copy = bytes.slice(keyStart, valueEnd)
  const key = keyEnd > keyStart ? copy.subarray(0, keyEnd - keyStart) : null
  return { key, value: copy.subarray(valueStart - keyStart) }
}
