import {
  type Checker,
  findHeaderBit,
  HEADER_BYTES,
  HEADER_CHECK_AT,
  HEADER_COPY_B_AT,
  type HeaderPage,
  isZero,
} from '../format/index.ts'

/** One thing that is wrong with a header page. */
export interface HeaderDamage {
  /** File offset of the copy, or of the first byte that should be zero. */
  readonly offset: number
  readonly bytes: number
  /** What the copy carries as its check, and what its bytes have; undefined where no copy should be. */
  readonly checks: { readonly carried: bigint; readonly computed: bigint } | undefined
  /** The one bit, by file offset, that undoes it. */
  readonly singleBit: { readonly offset: number; readonly bit: number } | null
}

/** What is wrong with a page of 4096 bytes: a copy that is not good, and bytes that should be zero. */
export function headerDamage(bytes: Uint8Array, page: HeaderPage, checker: Checker): HeaderDamage[] {
  const damage: HeaderDamage[] = []
  if (page.copyA !== 'good') damage.push(copyDamage(bytes, 0, checker))
  if (page.copyB !== 'good') damage.push(copyDamage(bytes, HEADER_COPY_B_AT, checker))
  if (!page.restIsZero) damage.push(restDamage(bytes))
  return damage
}

function copyDamage(bytes: Uint8Array, offset: number, checker: Checker): HeaderDamage {
  const copy = bytes.subarray(offset, offset + HEADER_BYTES)
  const found = isZero(copy) ? undefined : findHeaderBit(copy, checker)
  return {
    offset,
    bytes: HEADER_BYTES,
    checks: {
      carried: new DataView(copy.buffer, copy.byteOffset).getBigUint64(HEADER_CHECK_AT, true),
      computed: checker.xxh64(copy.subarray(0, HEADER_CHECK_AT)),
    },
    singleBit: found === undefined ? null : { offset: offset + found.at, bit: found.bit },
  }
}

/** Behind either copy all is zero: how much is not, and whether that is one bit. */
function restDamage(bytes: Uint8Array): HeaderDamage {
  const places: number[] = []
  for (let at = HEADER_BYTES; at < bytes.length; at++) {
    if (at === HEADER_COPY_B_AT) at += HEADER_BYTES
    if (bytes[at] !== 0) places.push(at)
  }
  const offset = places[0]!
  const value = bytes[offset]!
  const isOneBit = places.length === 1 && (value & (value - 1)) === 0
  const singleBit = isOneBit ? { offset, bit: 31 - Math.clz32(value) } : null
  return { offset, bytes: places.at(-1)! + 1 - offset, checks: undefined, singleBit }
}
