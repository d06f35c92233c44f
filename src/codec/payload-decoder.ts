import type { Codec } from './codec.ts'

/** An entry of a log, as far as a record is read from it: an `Entry`, or what a reducer is given. */
export interface RecordSource {
  readonly lsn: number
  readonly type: number
  readonly value: unknown
  as?<T>(decoder: PayloadDecoder<T>): T
}

/** What makes something of a record's payload without the general codec's value between: a declared record, for one. */
export interface PayloadDecoder<T> {
  /**
   * Decodes the payload of a frame, where it stands. Nothing in the result may refer to `bytes`.
   * @param codec that of the entry's log; undefined if the payload is no MessagePack
   * @param view of the same memory as `bytes`
   * @param start index of its first byte, and behind the last
   */
  decodePayload(
    entry: { readonly lsn: number; readonly type: number },
    codec: Codec | undefined,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): T
  /** The same of any entry: by its `as`, if it has one, else of its value. */
  decodeEntry(entry: RecordSource): T
}
