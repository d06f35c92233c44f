import { type DeclaredRecord, ScratchRoom } from '../codec/index.ts'
import { RingwalError } from '../errors.ts'
import {
  CODEC_BYTES,
  CODEC_MSGPACK,
  FLAG_CODEC_SHIFT,
  FLAG_CONTINUES_BATCH,
  FRAME_HEADER_BYTES,
  frameBytes,
} from '../format/index.ts'
import { CLAIM_CLOSED, type RingProducer } from '../ring/index.ts'
import type { LogControl } from './control.ts'
import { FrameWriter } from './frame-writer.ts'
import { type BytesRecord, checkOptions, type RecordOptions, tooLarge } from './record-options.ts'
import { RingRoom } from './ring-room.ts'
import type { TimeStamp } from './time-stamp.ts'

/** What every thread that appends to a log must know of it. Can be posted to another thread. */
export interface AppenderSettings {
  readonly maxRecordBytes: number
  /** The most bytes of frames that one batch may take. */
  readonly batchBytesMax: number
  readonly backpressure: 'wait' | 'error'
  readonly waitMs: number
  readonly useBigInt64: boolean
}

/** One thread's way to put records into the ring. Nothing may throw from claim to publish: all is checked before. */
export class RecordWriter {
  private readonly control: LogControl
  private readonly producer: RingProducer
  private readonly settings: AppenderSettings
  private readonly stamp: TimeStamp
  private readonly frames: FrameWriter
  private readonly room: RingRoom
  private scratch: ScratchRoom | undefined

  constructor(control: LogControl, producer: RingProducer, settings: AppenderSettings, stamp: TimeStamp) {
    this.control = control
    this.producer = producer
    this.settings = settings
    this.stamp = stamp
    this.frames = new FrameWriter(control.ring, stamp)
    this.room = new RingRoom(producer)
  }

  /** @returns its LSN, as all of these do */
  put(bytes: Uint8Array, codec: number, options: RecordOptions): number {
    this.check(bytes, options)
    const at = this.claim(frameBytes(bytes.length), 1)
    const lsn = this.producer.sequence
    this.stamp.now(this.control)
    this.frames.write(at, bytes, codec << FLAG_CODEC_SHIFT, lsn, options)
    this.producer.publish()
    return lsn
  }

  /** @returns the LSN of the last */
  putBatch(records: readonly BytesRecord[]): number {
    if (records.length === 0) throw new RingwalError('ERR_RINGWAL_VALUE', 'a batch must hold at least one record', {})
    let total = 0
    for (const record of records) {
      this.check(record.bytes, record)
      total += frameBytes(record.bytes.length)
    }
    const { batchBytesMax } = this.settings
    if (total > batchBytesMax) throw tooLarge('the batch takes', total, batchBytesMax)
    let at = this.claim(total, records.length)
    let lsn = this.producer.sequence
    const last = lsn + records.length - 1
    this.stamp.now(this.control)
    for (const record of records) {
      const codec = record.codec === 'msgpack' ? CODEC_MSGPACK : CODEC_BYTES
      const flags = (codec << FLAG_CODEC_SHIFT) | (lsn < last ? FLAG_CONTINUES_BATCH : 0)
      this.frames.write(at, record.bytes, flags, lsn, record)
      at += frameBytes(record.bytes.length)
      lsn++
    }
    this.producer.publish()
    return last
  }

  /** Encodes a record where it is to stand; beside other producers, where nothing can be given back, it is copied. */
  putRecord<T>(record: DeclaredRecord<T>, value: T, time: bigint | undefined): number {
    const { room, producer } = this
    if (producer.isShared) return this.copyRecord(record, value, time)
    const end = record.coder(this.settings.useBigInt64).encode(value, room)
    if (end < 0) return this.copyRecord(record, value, time)
    const length = end - room.frameAt - FRAME_HEADER_BYTES
    if (length > this.settings.maxRecordBytes) {
      room.cancel()
      throw this.tooLong(length)
    }
    const at = room.settle(end)
    const lsn = producer.sequence
    this.stamp.now(this.control)
    this.frames.close(at, length, record.type, lsn, room.key, time)
    producer.publish()
    return lsn
  }

  private copyRecord<T>(record: DeclaredRecord<T>, value: T, time: bigint | undefined): number {
    this.scratch ??= new ScratchRoom()
    const { scratch } = this
    const coder = record.coder(this.settings.useBigInt64)
    const length = coder.encode(value, scratch)
    if (length < 0) {
      const options = { type: record.type, key: record.key(value) }
      return this.put(coder.encodeAside(value), CODEC_MSGPACK, time === undefined ? options : { ...options, time })
    }
    if (length > this.settings.maxRecordBytes) throw this.tooLong(length)
    scratch.view.setInt32(length, 0)
    scratch.view.setInt32(length + 4, 0)
    const size = frameBytes(length)
    const at = this.claim(size, 1)
    const lsn = this.producer.sequence
    this.stamp.now(this.control)
    this.frames.copyPayload(at, scratch.bytes, scratch.words, size - FRAME_HEADER_BYTES)
    this.frames.close(at, length, record.type, lsn, scratch.key, time)
    this.producer.publish()
    return lsn
  }

  private check(bytes: Uint8Array, options: RecordOptions): void {
    if (!(bytes instanceof Uint8Array))
      throw new RingwalError('ERR_RINGWAL_VALUE', 'a record of bytes must be a Uint8Array', {})
    if (bytes.length > this.settings.maxRecordBytes) throw this.tooLong(bytes.length)
    checkOptions(options)
  }

  private tooLong(bytes: number): RingwalError {
    return tooLarge('the record takes', bytes, this.settings.maxRecordBytes)
  }

  private claim(bytes: number, count: number): number {
    const at = this.producer.tryClaim(bytes, count)
    return at >= 0 ? at : this.claimSlowly(bytes, count, at)
  }

  private claimSlowly(bytes: number, count: number, refusal: number): number {
    const wait = refusal !== CLAIM_CLOSED && this.settings.backpressure === 'wait'
    const at = wait ? this.claimWaiting(bytes, count) : refusal
    if (at >= 0) return at
    this.refuseIfEnded()
    if (at === CLAIM_CLOSED) throw this.producer.hasEnded ? detached() : atItsCap()
    const waited = wait ? ` and had no room for ${this.settings.waitMs} ms` : ''
    throw new RingwalError('ERR_RINGWAL_FULL', `the ring is full${waited}`, { bytes })
  }

  private claimWaiting(bytes: number, count: number): number {
    const started = performance.now()
    const at = this.producer.claim(bytes, count, this.settings.waitMs)
    this.control.counts.noteWait(performance.now() - started)
    return at
  }

  /** @throws what ended the log, if it has ended */
  refuseIfEnded(): void {
    if (this.control.ring.closed === 0) return
    throw this.control.refusal ?? new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
  }
}

function detached(): RingwalError {
  return new RingwalError('ERR_RINGWAL_CLOSED', 'this thread has detached from the log', {})
}

/** The ring was paused: it may be open again by now. */
function atItsCap(): RingwalError {
  const message =
    'the log is at the limit of its retention, and what is old in it is still needed: stats().retentionHeldBy'
  return new RingwalError('ERR_RINGWAL_RETENTION', message, {})
}
