import { type Codec, createCodec } from '../codec/index.ts'
import { optionError, RingwalError } from '../errors.ts'
import {
  CODEC_BYTES,
  CODEC_MSGPACK,
  FLAG_CODEC_SHIFT,
  FLAG_CONTINUES_BATCH,
  FRAME_HEADER_BYTES,
  FRAME_KEY_AT,
  FRAME_KIND_AT,
  FRAME_LENGTH_AT,
  FRAME_LSN_AT,
  FRAME_TIME_AT,
  frameBytes,
  KIND_RECORD,
} from '../format/index.ts'
import { CLAIM_CLOSED, type RingProducer } from '../ring/index.ts'
import type { LogControl } from './control.ts'
import { DurableWaits, type KeepAlive } from './durable-waits.ts'
import { TimeStamp } from './time-stamp.ts'

/** What may be said about a record besides its payload. */
export interface RecordOptions {
  /** The application's record type, 0 to 65535. 0 by default. */
  readonly type?: number
  /** Routing hash for sharded replay, 0 to 4294967295. 0, the default, is none. */
  readonly key?: number
  /** Nanoseconds since the Unix epoch, 0 to 2^64 - 1. The present time by default. */
  readonly time?: bigint
}

export interface BytesOptions extends RecordOptions {
  /** How readers are to take the bytes: as they are (default), or as one MessagePack value that you encoded. */
  readonly codec?: 'bytes' | 'msgpack'
}

/** One record of a batch of bytes. */
export interface BytesRecord extends BytesOptions {
  readonly bytes: Uint8Array
}

/** What every thread that appends to a log must know of it. Can be posted to another thread. */
export interface AppenderSettings {
  readonly maxRecordBytes: number
  /** The most bytes of frames that one batch may take. */
  readonly batchBytesMax: number
  readonly backpressure: 'wait' | 'error'
  readonly waitMs: number
  readonly useBigInt64: boolean
}

const NO_OPTIONS: BytesOptions = {}

/** One thread's hand on a log: appends records and learns when they are durable. */
export class Appender {
  /** LSN of this thread's latest record; before its first, the log's last when it was opened or attached. */
  lastLsn!: number
  protected control!: LogControl
  protected ringProducer!: RingProducer
  protected waits!: DurableWaits
  protected settings!: AppenderSettings
  private codec!: Codec
  private readonly stamp = new TimeStamp()
  private bytes!: Uint8Array
  private words!: Int32Array

  constructor(control: LogControl, producer: RingProducer, settings: AppenderSettings, keepAlive: KeepAlive) {
    this.connect(control, producer, settings, keepAlive)
  }

  /** Goes over to a ring. From another one only while nothing is waited for there. */
  protected connect(
    control: LogControl,
    producer: RingProducer,
    settings: AppenderSettings,
    keepAlive: KeepAlive,
  ): void {
    this.control = control
    this.ringProducer = producer
    this.settings = settings
    this.waits = new DurableWaits(control, keepAlive)
    this.codec = createCodec({ useBigInt64: settings.useBigInt64 })
    this.bytes = control.ring.bytes
    this.words = control.ring.words
    this.lastLsn = control.durable
  }

  /**
   * Appends one value as MessagePack. Returns at once with its LSN: the record is *accepted*, and survives nothing yet.
   * @throws ERR_RINGWAL_VALUE for what MessagePack would lose, with the path to it; ERR_RINGWAL_TOO_LARGE;
   *   ERR_RINGWAL_FULL by the choice of `backpressure`; ERR_RINGWAL_CLOSED; ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY;
   *   ERR_RINGWAL_OBSERVING
   */
  append(value: unknown, options: RecordOptions = NO_OPTIONS): number {
    return this.put(this.codec.encode(value), CODEC_MSGPACK, options)
  }

  /** Appends bytes that are already encoded. Else as `append`. The bytes are copied before it returns. */
  appendBytes(bytes: Uint8Array, options: BytesOptions = NO_OPTIONS): number {
    return this.put(bytes, options.codec === 'msgpack' ? CODEC_MSGPACK : CODEC_BYTES, options)
  }

  /**
   * Appends several values as one atomic batch: after a crash all of them are there, or none.
   * @returns the LSN of the last; the others are those just before it.
   */
  appendBatch(values: readonly unknown[], options: RecordOptions = NO_OPTIONS): number {
    const records = values.map((value) => ({
      ...options,
      bytes: this.codec.encode(value).slice(),
      codec: 'msgpack' as const,
    }))
    return this.appendBytesBatch(records)
  }

  /** The same for bytes that are already encoded, each with its own type, key and time. */
  appendBytesBatch(records: readonly BytesRecord[]): number {
    if (records.length === 0) throw new RingwalError('ERR_RINGWAL_VALUE', 'a batch must hold at least one record', {})
    let total = 0
    for (const record of records) {
      this.check(record.bytes, record)
      total += frameBytes(record.bytes.length)
    }
    const { batchBytesMax } = this.settings
    if (total > batchBytesMax) throw tooLarge(`the batch takes ${total} bytes`, total, batchBytesMax)
    let at = this.claim(total, records.length)
    let lsn = this.ringProducer.sequence
    const last = lsn + records.length - 1
    this.stamp.now(this.control.clockMs)
    for (const record of records) {
      const codec = record.codec === 'msgpack' ? CODEC_MSGPACK : CODEC_BYTES
      const flags = (codec << FLAG_CODEC_SHIFT) | (lsn < last ? FLAG_CONTINUES_BATCH : 0)
      this.writeFrame(at, record.bytes, flags, lsn, record)
      at += frameBytes(record.bytes.length)
      lsn++
    }
    this.ringProducer.publish()
    this.lastLsn = last
    return last
  }

  /** Appends one value and resolves to its LSN once it is durable. */
  async appendDurable(value: unknown, options: RecordOptions = NO_OPTIONS): Promise<number> {
    const lsn = this.append(value, options)
    await this.waits.wait(lsn)
    return lsn
  }

  /**
   * Resolves once `lsn`, and so every LSN before it, is durable: an fdatasync that began after it was written returned
   * 0. Keeps the process alive meanwhile. Rejects with ERR_RINGWAL_POISONED once that can not be known any more. Of a log
   * that is only read, or observed, it resolves for what the files prove; else it rejects with why the log is that.
   */
  durable(lsn: number): Promise<void> {
    return this.waits.wait(checkedLsn(lsn))
  }

  /** The same, blocking this thread for `timeoutMs` at most. @throws ERR_RINGWAL_TIMEOUT, and as `durable` rejects */
  waitDurable(lsn: number, timeoutMs: number): void {
    this.waits.waitBlocking(checkedLsn(lsn), timeoutMs)
  }

  /** Asks for a sync now, and resolves once every record that this thread appended is durable. */
  async flush(): Promise<void> {
    this.control.requestFlush(this.lastLsn)
    await this.waits.wait(this.lastLsn)
  }

  /** The highest LSN known durable. */
  get durableLsn(): number {
    return this.control.durable
  }

  /** Resolves when the ring has room for a record of `bytes` (by default of the largest size). */
  async ready(bytes: number = this.settings.maxRecordBytes): Promise<void> {
    const need = frameBytes(bytes)
    while (!this.ringProducer.hasRoomFor(need)) {
      this.refuseIfEnded()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    this.refuseIfEnded()
  }

  private put(bytes: Uint8Array, codec: number, options: RecordOptions): number {
    this.check(bytes, options)
    const at = this.claim(frameBytes(bytes.length), 1)
    const lsn = this.ringProducer.sequence
    this.stamp.now(this.control.clockMs)
    this.writeFrame(at, bytes, codec << FLAG_CODEC_SHIFT, lsn, options)
    this.ringProducer.publish()
    this.lastLsn = lsn
    return lsn
  }

  /** Nothing may throw between claim and publish: everything is checked before. */
  private check(bytes: Uint8Array, options: RecordOptions): void {
    if (!(bytes instanceof Uint8Array))
      throw new RingwalError('ERR_RINGWAL_VALUE', 'a record of bytes must be a Uint8Array', {})
    const { maxRecordBytes } = this.settings
    if (bytes.length > maxRecordBytes)
      throw tooLarge(`the record takes ${bytes.length} bytes`, bytes.length, maxRecordBytes)
    if (options === NO_OPTIONS) return
    const { type = 0, key = 0, time } = options
    if ((type & 0xffff) !== type) throw optionError('type', type, 'an integer from 0 to 65535')
    if (key >>> 0 !== key) throw optionError('key', key, 'an integer from 0 to 4294967295')
    if (time !== undefined && (typeof time !== 'bigint' || BigInt.asUintN(64, time) !== time)) {
      throw optionError('time', time, 'a bigint from 0 to 2^64 - 1')
    }
  }

  private claim(bytes: number, count: number): number {
    const at = this.ringProducer.tryClaim(bytes, count)
    return at >= 0 ? at : this.claimSlowly(bytes, count, at)
  }

  private claimSlowly(bytes: number, count: number, refusal: number): number {
    const wait = refusal !== CLAIM_CLOSED && this.settings.backpressure === 'wait'
    const at = wait ? this.ringProducer.claim(bytes, count, this.settings.waitMs) : refusal
    if (at >= 0) return at
    this.refuseIfEnded()
    if (at === CLAIM_CLOSED) throw new RingwalError('ERR_RINGWAL_CLOSED', 'this thread has detached from the log', {})
    const waited = wait ? ` and had no room for ${this.settings.waitMs} ms` : ''
    throw new RingwalError('ERR_RINGWAL_FULL', `the ring is full${waited}`, { bytes })
  }

  /** @throws what ended the log, if it has ended */
  protected refuseIfEnded(): void {
    if (this.control.ring.closed === 0) return
    throw this.control.refusal ?? new RingwalError('ERR_RINGWAL_CLOSED', 'the log is closed', {})
  }

  private writeFrame(at: number, bytes: Uint8Array, flags: number, lsn: number, options: RecordOptions): void {
    const { words } = this
    const length = bytes.length
    const header = at >> 2
    words[header + (FRAME_LENGTH_AT >> 2)] = length
    words[header + (FRAME_KIND_AT >> 2)] = KIND_RECORD | (flags << 8) | ((options.type ?? 0) << 16)
    words[header + (FRAME_LSN_AT >> 2)] = lsn
    words[header + (FRAME_LSN_AT >> 2) + 1] = lsn / 4294967296
    this.writeTime(header, options.time)
    words[header + (FRAME_KEY_AT >> 2)] = options.key ?? 0
    if ((length & 7) !== 0) {
      const last = header + (frameBytes(length) >> 2)
      words[last - 1] = 0
      words[last - 2] = 0
    }
    this.bytes.set(bytes, at + FRAME_HEADER_BYTES)
  }

  private writeTime(header: number, time: bigint | undefined): void {
    const at = header + (FRAME_TIME_AT >> 2)
    if (time === undefined) {
      this.words[at] = this.stamp.low
      this.words[at + 1] = this.stamp.high
    } else {
      this.words[at] = Number(time & 0xffffffffn)
      this.words[at + 1] = Number(time >> 32n)
    }
  }
}

function checkedLsn(lsn: number): number {
  if (Number.isSafeInteger(lsn) && lsn >= 0) return lsn
  throw optionError('lsn', lsn, 'an LSN: an integer from 0 to 2^53 - 1')
}

function tooLarge(what: string, bytes: number, limit: number): RingwalError {
  return new RingwalError('ERR_RINGWAL_TOO_LARGE', `${what}; this log takes ${limit}`, { bytes, limit })
}
