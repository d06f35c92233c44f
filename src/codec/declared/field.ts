/** The kinds of fields that a record can declare, and the TypeScript types that they stand for. */

/** What a field holds, as plain data. */
export type Shape =
  | { readonly kind: 'string' | 'f64' | 'bool' | 'bytes' | 'timestamp' | 'any' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'bigint'; readonly min: bigint; readonly max: bigint }
  | { readonly kind: 'enum'; readonly texts: readonly string[] }
  | { readonly kind: 'nested'; readonly fields: Fields }

/** One field of a declaration. Made by `field`; the same one may stand in many declarations. */
export class Field<T, Optional extends boolean = boolean> {
  readonly shape: Shape
  readonly isOptional: Optional
  /** Only a type: no field has this property. */
  declare readonly valueType: T

  constructor(shape: Shape, isOptional: Optional) {
    this.shape = shape
    this.isOptional = isOptional
  }
}

/** Fields by name, in the order in which they are stored. */
export type Fields = Readonly<Record<string, Field<unknown>>>

type OptionalNames<F extends Fields> = { [K in keyof F]: F[K]['isOptional'] extends true ? K : never }[keyof F]
type Flat<T> = { [K in keyof T]: T[K] }

/** The objects that these fields describe. An optional member may be missing or undefined; it is read as missing. */
export type ValueOf<F extends Fields> = Flat<
  { [K in Exclude<keyof F, OptionalNames<F>>]: F[K]['valueType'] } & {
    [K in OptionalNames<F>]?: F[K]['valueType'] | undefined
  }
>

/** Names of fields that a routing key can be made of: strings and enums that are not optional. */
export type TextNames<F extends Fields> = {
  [K in keyof F]: F[K]['isOptional'] extends true ? never : [F[K]['valueType']] extends [string] ? K : never
}[keyof F] &
  string

const required = <T>(shape: Shape): Field<T, false> => new Field<T, false>(shape, false)
const integer = (min: number, max: number): Field<number, false> => required({ kind: 'integer', min, max })
const bigInteger = (min: bigint, max: bigint): Field<bigint, false> => required({ kind: 'bigint', min, max })

/** What makes fields, by kind. */
export interface FieldKinds {
  /** Any text without lone surrogates. */
  string(): Field<string, false>
  /** An integer from 0 to 255. */
  u8(): Field<number, false>
  /** An integer from 0 to 65535. */
  u16(): Field<number, false>
  /** An integer from 0 to 2^32 - 1. */
  u32(): Field<number, false>
  /** An integer from 0 to 2^53 - 1, as a number. */
  u53(): Field<number, false>
  /** An integer from -128 to 127. */
  i8(): Field<number, false>
  /** An integer from -32768 to 32767. */
  i16(): Field<number, false>
  /** An integer from -2^31 to 2^31 - 1. */
  i32(): Field<number, false>
  /** An integer from -(2^53 - 1) to 2^53 - 1, as a number. */
  i53(): Field<number, false>
  /** A bigint from -2^63 to 2^63 - 1, in 64 bits. Only for logs with `useBigInt64`. */
  i64(): Field<bigint, false>
  /** A bigint from 0 to 2^64 - 1, in 64 bits. Only for logs with `useBigInt64`. */
  u64(): Field<bigint, false>
  /** Any number, also NaN, the infinities and -0. An integer is stored as one, as everywhere in MessagePack. */
  f64(): Field<number, false>
  bool(): Field<boolean, false>
  /** One of up to 1024 texts of up to 255 characters. It is stored as its text. */
  enum<const T extends readonly string[]>(...texts: T): Field<T[number], false>
  /** A `Uint8Array`, copied on the way in and out. */
  bytes(): Field<Uint8Array, false>
  /** A `Date`: milliseconds, in MessagePack's timestamp extension. */
  timestamp(): Field<Date, false>
  /** An object of declared fields of its own. */
  nested<const F extends Fields>(fields: F): Field<ValueOf<F>, false>
  /**
   * Whatever the general codec holds. A record in which such a field is present is encoded and decoded as a whole by
   * the general codec, at its cost; one in which it is missing is as fast as any.
   */
  any(): Field<unknown, false>
  /** A field that may be missing: it is then left out. null is no way to leave it out. */
  optional<T>(field: Field<T, false>): Field<T, true>
}

/** Makes fields: `{ id: field.string(), side: field.enum('buy', 'sell'), note: field.optional(field.string()) }`. */
export const field: FieldKinds = {
  string: () => required({ kind: 'string' }),
  u8: () => integer(0, 0xff),
  u16: () => integer(0, 0xffff),
  u32: () => integer(0, 0xffff_ffff),
  u53: () => integer(0, Number.MAX_SAFE_INTEGER),
  i8: () => integer(-0x80, 0x7f),
  i16: () => integer(-0x8000, 0x7fff),
  i32: () => integer(-0x8000_0000, 0x7fff_ffff),
  i53: () => integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  i64: () => bigInteger(-(2n ** 63n), 2n ** 63n - 1n),
  u64: () => bigInteger(0n, 2n ** 64n - 1n),
  f64: () => required({ kind: 'f64' }),
  bool: () => required({ kind: 'bool' }),
  enum: (...texts) => required({ kind: 'enum', texts }),
  bytes: () => required({ kind: 'bytes' }),
  timestamp: () => required({ kind: 'timestamp' }),
  nested: (fields) => required({ kind: 'nested', fields }),
  any: () => required({ kind: 'any' }),
  optional: ({ shape }) => new Field(shape, true),
}
