import { FIELDS, REQUIRED } from './order-fields.ts'
import type { ValueReader } from './value-reader.ts'

/** One key of a layout: the number of its field, 0 for one that nobody knows, and its bytes, header included. */
export interface LayoutKey {
  readonly field: number
  readonly bytes: Uint8Array
}

/** The keys of events in the order in which they are stored. Writers put the same ones into record after record. */
export type OrderLayout = readonly LayoutKey[]

/** More than any event has. */
const KEYS_MAX = 64
const KEY_BYTES_MAX = 2048

/**
 * The layout of an event that is known to be a valid one.
 * @param reader in front of its map
 * @returns undefined for one that is left to the general way each time: it has a field twice, or values that hold others
 */
export function layoutOf(reader: ValueReader): OrderLayout | undefined {
  const { bytes, end } = reader
  const count = reader.count()
  if (count < 0 || count > KEYS_MAX) return undefined
  const layout: LayoutKey[] = []
  let seen = 0
  let keyBytes = 0
  while (layout.length < count) {
    const { at } = reader
    if (!reader.isText()) return undefined
    const key = new Uint8Array(bytes.subarray(at, reader.at))
    keyBytes += key.length
    const field = FIELDS.get(nameOf(key)) ?? 0
    if (keyBytes > KEY_BYTES_MAX || (seen & (1 << field) & ~1) !== 0) return undefined
    seen |= 1 << field
    layout.push({ field, bytes: key })
    if (!reader.isScalar()) return undefined
  }
  return reader.at === end && (seen & REQUIRED) === REQUIRED ? layout : undefined
}

/** As text, if it is ASCII; else something that is no name of a field. */
function nameOf(key: Uint8Array): string {
  const header = key[0] === 0xd9 ? 2 : key[0] === 0xda ? 3 : 1
  return String.fromCharCode(...key.subarray(header))
}

/** A text that is the same for equal layouts only. */
export function signatureOf(layout: OrderLayout): string {
  return layout.map(({ bytes }) => String.fromCharCode(...bytes)).join('')
}
