import type { Cursor } from './take.ts'

/**
 * Decodes one record that has the declared layout: its fields, and no others, in the declared order.
 * @param view of the same memory as `bytes`
 * @param cursor with the place where the record ends; used up
 * @returns undefined for all else, which is left to the general codec
 */
export type Decode = (bytes: Uint8Array, view: DataView, at: number, cursor: Cursor) => unknown
