import type { Entry } from '../../src/index.ts'
import { printable } from '../support/printable.ts'
import { TimeText } from '../support/times.ts'
import { bytesText, quoted, valueText } from './value-text.ts'

/** How a record is written on its line. */
export type EntryForm = 'plain' | 'headers' | 'json'

/** Writes records, one a line. */
export class EntryText {
  private readonly form: EntryForm
  private readonly onUnreadable: (entry: Entry, error: unknown) => void
  private readonly times = new TimeText()

  /** @param onUnreadable told of a payload that says to be MessagePack and is not; its bytes are written instead */
  constructor(form: EntryForm, onUnreadable: (entry: Entry, error: unknown) => void) {
    this.form = form
    this.onUnreadable = onUnreadable
  }

  of(entry: Entry): string {
    if (this.form === 'headers') return headerText(entry)
    return this.form === 'json' ? this.json(entry) : this.plain(entry)
  }

  private plain(entry: Entry): string {
    const { lsn, time, type, key } = entry
    return `${lsn} ${this.times.of(time)} type=${type} key=${key} ${this.value(entry)}`
  }

  private json(entry: Entry): string {
    const { lsn, time, type, key, segment, offset, bytes } = entry
    const place = `"segment":${quoted(segment)},"offset":${offset},"length":${bytes.length},"check":"${checkText(entry)}"`
    const facts = `"lsn":${lsn},"time":"${this.times.of(time)}","type":${type},"key":${key},${place}`
    return `{${facts},"value":${this.value(entry)}}`
  }

  private value(entry: Entry): string {
    let value: unknown
    try {
      value = entry.value
    } catch (error) {
      this.onUnreadable(entry, error)
      return bytesText(entry.bytes)
    }
    return valueText(value)
  }
}

function headerText(entry: Entry): string {
  const { lsn, segment, offset, bytes } = entry
  return `Record ${lsn}: segment=${printable(segment)} offset=${offset} check=${checkText(entry)} length=${bytes.length}`
}

function checkText(entry: Entry): string {
  return `0x${entry.check.toString(16).padStart(16, '0')}`
}
