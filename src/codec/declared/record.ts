import { optionError, RingwalError } from '../../errors.ts'
import type { Codec, CodecSettings } from '../codec.ts'
import type { PayloadDecoder, RecordSource } from '../payload-decoder.ts'
import { RecordCoder } from './coder.ts'
import type { Fields, TextNames, ValueOf } from './field.ts'
import { keyOf } from './key.ts'
import { mayCompile } from './may-compile.ts'
import { checkName, planFields, planKey, type RecordPlan } from './plan.ts'
import { ScratchRoom, TargetRoom } from './room.ts'

/** What `defineRecord` takes. */
export interface RecordDeclaration<F extends Fields, KeyNames extends string = TextNames<F>> {
  /** For errors: 1 to 64 characters. */
  readonly name: string
  /** The record type that stands in the log, 0 to 65535. */
  readonly type: number
  /**
   * The field, or fields, whose text gives the routing key: strings or enums that are not optional. Of one field it is
   * `routingKey(text)`; of more, the same hash over their texts in this order, with a zero byte between any two.
   * Without it, records have no key.
   */
  readonly key?: KeyNames | readonly KeyNames[]
  /**
   * The fields in the order in which they are stored, made by `field`: 1 to 256, those of nested objects counted. Names
   * have 1 to 64 characters, are no numbers, and not those that every object answers to (`constructor`, …).
   */
  readonly fields: F
}

/** The objects that a declared record stands for: `type Order = RecordOf<typeof Order>`. */
export type RecordOf<R> = R extends DeclaredRecord<infer T> ? T : never

const KNOWN: readonly string[] = ['name', 'type', 'key', 'fields']
const DEFAULT_SETTINGS: CodecSettings = { useBigInt64: false }

/**
 * A record type with an encoder and a decoder of its own. Made by `defineRecord`.
 *
 * The bytes are those that the general codec gives for a plain object of the declared members in the declared order:
 * any reader of MessagePack reads them. Values are checked on the way out and in. Of the objects that are given, only
 * the declared members count, also inherited ones: others are not stored, and not looked for. Each member is read once,
 * or again where the general codec has to step in, and must then be the same.
 */
export class DeclaredRecord<T> implements PayloadDecoder<T> {
  readonly name: string
  readonly type: number
  private readonly plan: RecordPlan
  private readonly compile: boolean
  private narrow: RecordCoder | undefined
  private wide: RecordCoder | undefined

  /** @param compile false for the way that is taken where code must not be made of strings */
  constructor(declaration: RecordDeclaration<Fields, string>, compile: boolean = mayCompile()) {
    if (typeof declaration !== 'object' || declaration === null) throw optionError('record', declaration, 'an object')
    for (const option of Object.keys(declaration)) {
      if (!KNOWN.includes(option)) throw optionError(option, 'given', KNOWN.join(', '))
    }
    const { name, type, key = [], fields } = declaration
    this.name = checkName('name', name)
    if (!Number.isInteger(type) || type < 0 || type > 0xffff)
      throw optionError('type', type, 'an integer from 0 to 65535')
    this.type = type
    const planned = planFields(fields)
    const keyNames = planKey(typeof key === 'string' ? [key] : [...key], planned)
    this.plan = { name, fields: planned, keyNames }
    this.compile = compile
  }

  /**
   * Encodes a record into given memory.
   * @param view of the same memory as `target`
   * @param at index in `target` of its first byte; what follows its last one may be overwritten too, by up to 7 bytes
   * @param settings of the log that is to have the bytes; `useBigInt64: false` by default
   * @returns the index behind its last byte
   * @throws ERR_RINGWAL_VALUE, with `record`, `field`, `value` and `allowed`, for a member that does not fit; with
   *   `path` and `reason` for what the general codec refuses in an `any`; ERR_RINGWAL_TOO_LARGE if the memory is
   *   too small
   */
  encode(value: T, target: Uint8Array, view: DataView, at: number, settings: CodecSettings = DEFAULT_SETTINGS): number {
    checkBytes(target, at, target.length)
    if (view.buffer !== target.buffer || view.byteOffset !== target.byteOffset || view.byteLength !== target.length) {
      throw optionError('view', view, 'a view of the same memory as the bytes')
    }
    const coder = this.coder(settings.useBigInt64)
    const end = coder.encode(value, new TargetRoom(target, view, at))
    if (end >= 0) return end
    const bytes = this.encodeToBytes(value, settings)
    const limit = target.length - at
    if (bytes.length > limit) {
      const message = `record ${this.name} takes ${bytes.length} bytes; there is room for ${limit}`
      throw new RingwalError('ERR_RINGWAL_TOO_LARGE', message, { bytes: bytes.length, limit })
    }
    target.set(bytes, at)
    return at + bytes.length
  }

  /** Encodes a record into bytes of its own. Settings and errors as of `encode`. */
  encodeToBytes(value: T, settings: CodecSettings = DEFAULT_SETTINGS): Uint8Array {
    const coder = this.coder(settings.useBigInt64)
    scratch ??= new ScratchRoom()
    const end = coder.encode(value, scratch)
    return end < 0 ? coder.encodeAside(value).slice() : scratch.bytes.slice(0, end)
  }

  /**
   * Decodes the record that fills the bytes from `start` to before `end`. What is stored otherwise than `encode` does
   * it (other order, members more or less, other headers) is decoded by the general codec, at its cost; then the
   * declared members are taken. Nothing in the result refers to `bytes`.
   * @throws ERR_RINGWAL_INPUT, with `record`, `field`, `value` and `allowed`, for a member that is missing or does not
   *   fit; with `reason` and `offset` for bytes that are no MessagePack value
   */
  decode(
    bytes: Uint8Array,
    start: number = 0,
    end: number = bytes.length,
    settings: CodecSettings = DEFAULT_SETTINGS,
  ): T {
    checkBytes(bytes, start, end)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return this.coder(settings.useBigInt64).decode(bytes, view, start, end) as T
  }

  /**
   * Decodes the record of an entry: anew at each call.
   * @throws ERR_RINGWAL_INPUT if the entry is of another type, or its payload does not fit
   */
  decodeEntry(entry: RecordSource): T {
    if (entry.as !== undefined) return entry.as(this)
    this.refuseOther(entry)
    return this.coder(true).conform(entry.value) as T
  }

  /** The routing key of a record; 0 if none is declared. @throws ERR_RINGWAL_VALUE for a member that is no such text */
  key(value: T): number {
    return keyOf(this.plan, value)
  }

  /** What encodes and decodes under a setting of the codec: for those who append and read. */
  coder(useBigInt64: boolean): RecordCoder {
    return (useBigInt64 ? this.wide : this.narrow) ?? this.makeCoder(useBigInt64)
  }

  /** For entries: decodes a payload where it stands. */
  decodePayload(
    entry: { readonly lsn: number; readonly type: number },
    codec: Codec | undefined,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): T {
    this.refuseOther(entry)
    if (codec === undefined) throw this.otherEntry(entry, 'its payload is no MessagePack')
    return this.coder(codec.useBigInt64).decode(bytes, view, start, end) as T
  }

  private refuseOther(entry: { readonly lsn: number; readonly type: number }): void {
    if (entry.type !== this.type) throw this.otherEntry(entry, `its type is ${entry.type}, not ${this.type}`)
  }

  private otherEntry({ lsn, type }: { lsn: number; type: number }, reason: string): RingwalError {
    const message = `not a record ${this.name}: ${reason}`
    return new RingwalError('ERR_RINGWAL_INPUT', message, { record: this.name, lsn, type, reason })
  }

  private makeCoder(useBigInt64: boolean): RecordCoder {
    if (typeof useBigInt64 !== 'boolean') throw optionError('useBigInt64', useBigInt64, 'true, false')
    const coder = new RecordCoder(this.plan, useBigInt64, this.compile)
    if (useBigInt64) this.wide = coder
    else this.narrow = coder
    return coder
  }
}

let scratch: ScratchRoom | undefined

/**
 * Declares a record type: compiles an encoder and a decoder for it, which know its fields.
 * @throws ERR_RINGWAL_OPTION for what can not be declared
 */
export function defineRecord<const F extends Fields>(declaration: RecordDeclaration<F>): DeclaredRecord<ValueOf<F>> {
  return new DeclaredRecord<ValueOf<F>>(declaration)
}

function checkBytes(bytes: Uint8Array, start: number, end: number): void {
  if (!(bytes instanceof Uint8Array)) throw optionError('bytes', bytes, 'a Uint8Array')
  if (!Number.isInteger(end) || end < 0 || end > bytes.length) throw optionError('end', end, `0 to ${bytes.length}`)
  if (!Number.isInteger(start) || start < 0 || start > end) throw optionError('start', start, `0 to ${end}`)
}
