import type { PeerWork } from '../result.ts'
import type { Payloads } from './payloads.ts'

/** Something that keeps records, and how it is asked to do the benchmark's works. */
export interface Peer {
  readonly name: string
  /** What its acknowledgement promises, in one line. */
  readonly promise: string
  /** Whether what it acknowledged outlives a loss of power. One that does not say so is shown, and is no rival. */
  readonly isDurable: boolean
  /** Whether it is the log that this benchmark belongs to. */
  readonly isOurs?: true
  /** Whether it keeps bytes only: no frame and no check, so that nothing tells a torn record from a whole one. */
  readonly isFrameless?: true
  /**
   * Records that it is handed at once when they are many: what did best of 100, 1,000 and 10,000 (see README.md), or 1 if it
   * makes its batches itself.
   */
  readonly batch: number
  /** Loads it, to see whether it can be used here. */
  find(): Found
  open(opening: PeerOpening): Promise<PeerLog> | PeerLog
  /** The records in what a closed log has left, in their order. */
  read(dir: string, size: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export type Found = { readonly version: string } | { readonly missing: string }

export interface PeerOpening {
  /** Empty, and there. */
  readonly dir: string
  /** What will be asked of it, after a first lap of `appendMany`. */
  readonly work: PeerWork
  /** Where every record is taken from, in turn. */
  readonly payloads: Payloads
  /** How many will be taken at most: for who makes files ahead. */
  readonly recordsMax: number
  readonly batch: number
}

export interface PeerLog {
  /** Appends so many in the fastest way there is; done when all of them are acknowledged. */
  appendMany(records: number): Promise<void> | void
  /** Done when the record is acknowledged; called by one who has nothing else to do. */
  appendOne(): Promise<void> | void
  /** The same, called by many at a time. */
  appendAmongOthers(): Promise<void>
  /** Waits for what it does beside its work, if it can tell. */
  rest?(): Promise<void>
  close(): Promise<void> | void
}
