/**
 * How many containers (arrays and maps) may stand inside each other, the outermost one counted.
 *
 * Both directions have the same limit, so that whatever was encoded can be decoded. It bounds every recursion of this
 * room, and that of whoever walks a decoded value.
 */
export const MAX_DEPTH = 100

/**
 * Results above this size, in bytes, make the encoder give its buffer back. The library's buffer only ever grows, to
 * twice the largest record: one outlier would be paid for until the process ends.
 */
export const OUTLIER_BYTES: number = 1024 * 1024

/** The largest length that a MessagePack header can tell, in bytes. */
export const MAX_BIN_BYTES = 0xffff_ffff
