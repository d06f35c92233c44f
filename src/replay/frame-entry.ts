import { RingwalError } from '../errors.ts'
import { type FrameBytes, FrameRecord } from '../read/frame-record.ts'
import type { ReplayEntry } from './reducer.ts'

/**
 * An entry over a frame's bytes. Bytes that it hands out are views of memory that it shares with thousands of other records;
 * they stay as they are, but who keeps them keeps all of that memory. Its errors tell the LSN.
 */
export class FrameEntry extends FrameRecord<FrameBytes> implements ReplayEntry {
  /** A class without one of its own is made a third as fast by V8. */
  constructor(frames: FrameBytes, at: number, lsn: number) {
    super(frames, at, lsn)
  }

  protected override payloadError(error: unknown): unknown {
    return error instanceof RingwalError ? new PayloadError(this.lsn, error) : error
  }
}

/** A payload that can not be decoded: the log's fault, and not the reducer's. */
export class PayloadError extends RingwalError {
  constructor(lsn: number, { message, facts }: RingwalError) {
    super('ERR_RINGWAL_INPUT', `LSN ${lsn}: ${message}`, { ...facts, lsn })
  }
}
