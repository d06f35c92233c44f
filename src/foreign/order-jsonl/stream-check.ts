/**
 * The check of version 4: such a file is either right from its first byte to its last, or nothing of it is used.
 *
 * Each record tells the id of its stream, the sequence number at which the stream begins, its own, and the CRC-32 of its text
 * without the checksum's own field. Records without a version may stand before the stream, never in or behind it, and their
 * sequence numbers, where they have one, must lead up to it.
 */
import { crc32 } from '../crc32.ts'
import { hex32 } from '../foreign-damage.ts'
import { FIELD } from './fields.ts'
import type { LineFields } from './line-fields.ts'
import type { RawLine } from './line-splitter.ts'
import { UINT64_MAX, type Whole } from './numbers.ts'
import { bytesOf, shownText } from './texts.ts'

const VERSION = 4
const RECORD_BYTES_MAX = 4 << 20
const STREAM_MARKER = '"stream_id":"'
const CHECKSUM_MARKER = ',"checksum":"'
const CHECKSUM_FIELD_CHARS = CHECKSUM_MARKER.length + 8 + '"}'.length

/** Where a file of version 4 is not right, and why. */
export interface StreamRefusal {
  readonly line: number
  readonly offset: number
  readonly reason: string
  /** Whether it is of a version that is not known, rather than damaged. */
  readonly isUnknownVersion: boolean
}

/** Told each line of a file in turn, blank ones too, with its fields. */
export class StreamCheck {
  /** Whether a record of version 4 or higher was met: only then is what is wrong a reason to refuse. */
  #isVersioned = false
  #wrong: StreamRefusal | undefined = undefined
  #streamId: string | undefined = undefined
  #firstSequence: Whole | undefined = undefined
  #nextSequence: Whole | undefined = undefined

  get refusal(): StreamRefusal | undefined {
    return this.#isVersioned ? this.#wrong : undefined
  }

  /** @returns whether it is a record of version 4 */
  take(line: RawLine, fields: LineFields): boolean {
    const version = fields.has(FIELD.schema_version) ? fields.unsigned(FIELD.schema_version) : 0
    const isVersion4 = version === VERSION
    if (version !== undefined && version >= VERSION) this.#isVersioned = true
    // Of a file without versions, only the first fault need be known, in case that a version turns up behind it.
    if (this.#wrong === undefined) {
      const reason = this.#faultOf(line, fields, version)
      const isUnknownVersion = version !== undefined && version > VERSION
      if (reason !== undefined) this.#wrong = { line: line.number, offset: line.offset, reason, isUnknownVersion }
    }
    return isVersion4
  }

  #faultOf(line: RawLine, fields: LineFields, version: Whole | undefined): string | undefined {
    const text = line.text.endsWith('\r') ? line.text.slice(0, -1) : line.text
    if (text === '' && !line.isTooLong) return undefined
    if (line.bytes > RECORD_BYTES_MAX || line.isTooLong) return 'the record is longer than 4 MiB'
    if (!line.isEnded) return 'the file ends inside the record: an incomplete tail'
    if (!text.startsWith('{') || !text.endsWith('}')) return 'bad framing: the line is no object from { to }'
    if (version === undefined) return 'its schema version can not be read'
    if (version > VERSION) return `schema version ${version} is not known`
    if (version === VERSION)
      return checksumFault(text) ?? this.#streamFault(text, fields) ?? this.#sequenceFault(fields, true)
    if (this.#streamId !== undefined) return 'a record without version 4 stands behind one of version 4'
    return this.#sequenceFault(fields, false)
  }

  #streamFault(text: string, fields: LineFields): string | undefined {
    const start = text.indexOf(STREAM_MARKER) + STREAM_MARKER.length
    const end = start < STREAM_MARKER.length ? -1 : text.indexOf('"', start)
    if (end <= start) return 'its stream id is missing'
    const id = text.slice(start, end)
    const isFirst = this.#streamId === undefined
    if (!isFirst && this.#streamId !== id)
      return `stream id ${quoted(id)} where the stream is ${quoted(this.#streamId!)}`
    const first = fields.unsigned(FIELD.stream_first_sequence)
    if (first === undefined) return 'stream_first_sequence is missing or can not be read'
    if (!isFirst && this.#firstSequence !== first) {
      return `stream_first_sequence is ${first} where the stream begins at ${this.#firstSequence}`
    }
    if (isFirst && fields.unsigned(FIELD.seq) !== first)
      return `the stream does not begin with its first sequence ${first}`
    this.#streamId = id
    this.#firstSequence = first
    return undefined
  }

  #sequenceFault(fields: LineFields, isNeeded: boolean): string | undefined {
    const sequence = fields.unsigned(FIELD.seq)
    if (sequence === undefined) return isNeeded ? 'its sequence number is missing or can not be read' : undefined
    if (this.#nextSequence !== undefined && sequence !== this.#nextSequence) {
      return `sequence ${sequence} where ${this.#nextSequence} is next: a gap`
    }
    if (sequence === UINT64_MAX) return 'no sequence number can follow'
    this.#nextSequence = sequence < Number.MAX_SAFE_INTEGER ? Number(sequence) + 1 : BigInt(sequence) + 1n
    return undefined
  }
}

/** The checksum must be the last field, in lower-case hexadecimal. */
function checksumFault(text: string): string | undefined {
  const at = text.lastIndexOf(CHECKSUM_MARKER)
  const isLast = at >= 0 && text.length === at + CHECKSUM_FIELD_CHARS && text.endsWith('"}')
  if (!isLast) return 'its checksum is missing, or not the last field'
  const covered = bytesOf(`${text.slice(0, at)}}`)
  const actual = hex32(crc32(covered, 0, covered.length))
  const expected = text.slice(at + CHECKSUM_MARKER.length, at + CHECKSUM_MARKER.length + actual.length)
  return expected === actual ? undefined : `checksum mismatch: expected ${quoted(expected)}, actual "${actual}"`
}

function quoted(text: string): string {
  return JSON.stringify(shownText(text))
}
