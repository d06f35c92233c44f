import { integerOption, optionError } from '../errors.ts'
import { CHECKPOINT_LABEL_MAX, fitsLabel } from '../format/index.ts'

export interface CheckpointOptions {
  /**
   * What kind of snapshot it is: up to 55 bytes of UTF-8, '' by default. `replay` begins with a checkpoint only if its label is
   * that of the reducer.
   */
  readonly label?: string
  /** How many checkpoints of this label are kept, this one included: 1 to 1000, 2 by default. Older ones are removed. */
  readonly keep?: number
  /**
   * Whether what no kept checkpoint needs any more is retired, as by `truncateBefore`: all up to the oldest that is left, of
   * any label, so that it can take the place of a newer one that turns out damaged. False by default.
   */
  readonly truncate?: boolean
}

/** What is stored: bytes, or a stream of them in pieces of any length. */
export type Snapshot = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

const KNOWN: readonly string[] = ['label', 'keep', 'truncate']
export const KEEP_DEFAULT = 2
export const KEEP_MAX = 1000
/** A piece is copied on the engine's thread, and written by the steward between other work. */
const PIECE_BYTES = 1 << 20

/** @throws ERR_RINGWAL_OPTION */
export function resolveCheckpoint(options: CheckpointOptions): Required<CheckpointOptions> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, 'an object')
  for (const [name, value] of Object.entries(options))
    if (!KNOWN.includes(name)) throw optionError(name, value, `one of ${KNOWN.join(', ')}`)
  const { label = '', keep = KEEP_DEFAULT, truncate = false } = options
  if (typeof label !== 'string' || !fitsLabel(label))
    throw optionError('label', label, `a text of up to ${CHECKPOINT_LABEL_MAX} bytes of UTF-8`)
  if (typeof truncate !== 'boolean') throw optionError('truncate', truncate, 'true or false')
  return { label, keep: integerOption('keep', keep, 1, KEEP_MAX), truncate }
}

/** @throws ERR_RINGWAL_OPTION if it is neither bytes nor a stream of them */
export function requireSnapshot(snapshot: Snapshot): Snapshot {
  const isStream =
    typeof snapshot === 'object' &&
    snapshot !== null &&
    (snapshot instanceof Uint8Array || Symbol.iterator in snapshot || Symbol.asyncIterator in snapshot)
  if (!isStream) throw optionError('snapshot', snapshot, 'a Uint8Array, or an iterable of them')
  return snapshot
}

/** A snapshot in pieces that can be given away: copies, of 1 MiB at most. */
export async function* piecesOf(snapshot: Snapshot): AsyncGenerator<Uint8Array> {
  const parts = snapshot instanceof Uint8Array ? [snapshot] : snapshot
  for await (const part of parts) {
    if (!(part instanceof Uint8Array)) throw optionError('snapshot', part, 'a stream of Uint8Arrays')
    for (let at = 0; at < part.length; at += PIECE_BYTES) yield new Uint8Array(part.subarray(at, at + PIECE_BYTES))
  }
}
