import { type Codec, createCodec, DeclaredRecord } from '../codec/index.ts'
import { optionError } from '../errors.ts'
import { CODEC_BYTES, CODEC_MSGPACK, frameBytes } from '../format/index.ts'
import type { RingProducer } from '../ring/index.ts'
import type { LogControl } from './control.ts'
import { DurableWaits, type KeepAlive } from './durable-waits.ts'
import {
  type BytesOptions,
  type BytesRecord,
  checkTime,
  NO_OPTIONS,
  type RecordOptions,
  type RecordTime,
} from './record-options.ts'
import { type AppenderSettings, RecordWriter } from './record-writer.ts'
import { TimeStamp } from './time-stamp.ts'

export type { BytesRecord } from './record-options.ts'
export type { AppenderSettings } from './record-writer.ts'

/** One thread's hand on a log: appends records and learns when they are durable. */
export class Appender {
  /** LSN of this thread's latest record; before its first, the log's last when it was opened or attached. */
  lastLsn!: number
  protected control!: LogControl
  protected ringProducer!: RingProducer
  protected waits!: DurableWaits
  protected settings!: AppenderSettings
  private codec!: Codec
  private records!: RecordWriter
  private readonly stamp = new TimeStamp()

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
    this.records = new RecordWriter(control, producer, settings, this.stamp)
    this.lastLsn = control.durable
  }

  /**
   * Appends one value as MessagePack. Returns at once with its LSN: the record is *accepted*, and survives nothing yet.
   * @throws ERR_RINGWAL_VALUE for what MessagePack would lose, with the path to it; ERR_RINGWAL_TOO_LARGE;
   *   ERR_RINGWAL_FULL by the choice of `backpressure`; ERR_RINGWAL_RETENTION by that of `retention.atCap`; ERR_RINGWAL_CLOSED;
   *   ERR_RINGWAL_POISONED; ERR_RINGWAL_READ_ONLY; ERR_RINGWAL_OBSERVING
   */
  append(value: unknown, options: RecordOptions = NO_OPTIONS): number {
    this.lastLsn = this.records.put(this.codec.encode(value), CODEC_MSGPACK, options)
    return this.lastLsn
  }

  /** Appends bytes that are already encoded. Else as `append`. The bytes are copied before it returns. */
  appendBytes(bytes: Uint8Array, options: BytesOptions = NO_OPTIONS): number {
    this.lastLsn = this.records.put(bytes, options.codec === 'msgpack' ? CODEC_MSGPACK : CODEC_BYTES, options)
    return this.lastLsn
  }

  /**
   * Appends one object as a declared record, encoded in the ring itself, with its type and routing key. Members that are
   * not declared are not stored. Else as `append`.
   * @throws ERR_RINGWAL_VALUE, with `record`, `field`, `value` and `allowed`, for a member that does not fit
   */
  appendRecord<T>(record: DeclaredRecord<T>, value: NoInfer<T>, options: RecordTime = NO_OPTIONS): number {
    if (!(record instanceof DeclaredRecord)) throw optionError('record', record, 'what defineRecord returned')
    const { time } = options
    checkTime(time)
    this.lastLsn = this.records.putRecord(record, value, time)
    return this.lastLsn
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
    this.lastLsn = this.records.putBatch(records)
    return this.lastLsn
  }

  /** Appends one value and resolves to its LSN once it is durable; rejects with what `append` throws, or as `durable`. */
  appendDurable(value: unknown, options: RecordOptions = NO_OPTIONS): Promise<number> {
    try {
      const lsn = this.append(value, options)
      return this.waits.wait(lsn, lsn)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Resolves once `lsn`, and so every LSN before it, is durable: an fdatasync that began after it was written returned
   * 0. Keeps the process alive meanwhile. Rejects with ERR_RINGWAL_POISONED once that can not be known any more. Of a log
   * that is only read, or observed, it resolves for what the files prove; else it rejects with why the log is that.
   */
  durable(lsn: number): Promise<void> {
    return this.waits.wait(checkedLsn(lsn), undefined)
  }

  /** The same, blocking this thread for `timeoutMs` at most. @throws ERR_RINGWAL_TIMEOUT, and as `durable` rejects */
  waitDurable(lsn: number, timeoutMs: number): void {
    this.waits.waitBlocking(checkedLsn(lsn), timeoutMs)
  }

  /** Asks for a sync now, and resolves once every record that this thread appended is durable. */
  async flush(): Promise<void> {
    this.control.requestFlush(this.lastLsn)
    await this.waits.wait(this.lastLsn, undefined)
  }

  /** The highest LSN known durable. */
  get durableLsn(): number {
    return this.control.durable
  }

  /** Resolves when a record of `bytes` (by default of the largest size) has room in the ring, and is not refused at a cap. */
  async ready(bytes: number = this.settings.maxRecordBytes): Promise<void> {
    const need = frameBytes(bytes)
    while (this.control.ring.isPaused || !this.ringProducer.hasRoomFor(need)) {
      this.refuseIfEnded()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    this.refuseIfEnded()
  }

  /** @throws what ended the log, if it has ended */
  protected refuseIfEnded(): void {
    this.records.refuseIfEnded()
  }
}

function checkedLsn(lsn: number): number {
  if (Number.isSafeInteger(lsn) && lsn >= 0) return lsn
  throw optionError('lsn', lsn, 'an LSN: an integer from 0 to 2^53 - 1')
}
