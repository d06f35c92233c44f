/** Bytes that are known when a record is declared (headers, names, texts of enums): written and compared in words. */

type Bytes = readonly number[]

/** Four bytes from `at` on as a signed little-endian integer; those past the end count as zeros. */
function wordAt(constant: Bytes, at: number): number {
  let word = 0
  for (let index = 3; index >= 0; index--) word = (word << 8) | (constant[at + index] ?? 0)
  return word
}

/**
 * Source that writes a constant at `p` and moves `p` behind it. The last word may write up to two bytes too many: what
 * follows, or the slack, is there for it.
 */
export function sourceOfPut(constant: Bytes): string {
  const { length } = constant
  if (length === 0) return ''
  let source = ''
  for (let at = 0; at < length; at += 4) {
    const place = at === 0 ? 'p' : `p + ${at}`
    source +=
      at + 1 === length
        ? `bytes[${place}] = ${constant[at]}; `
        : `view.setInt32(${place}, ${wordAt(constant, at)}, true); `
  }
  return `${source}p += ${length}\n`
}

/** An expression that is true if a constant stands at `p` and ends before `end`. */
export function sourceOfMatch(constant: Bytes): string {
  const tests = [`p + ${constant.length} <= end`]
  const whole = constant.length & ~3
  for (let at = 0; at < whole; at += 4) tests.push(`view.getInt32(p + ${at}, true) === ${wordAt(constant, at)}`)
  for (let at = whole; at < constant.length; at++) tests.push(`bytes[p + ${at}] === ${constant[at]}`)
  return tests.join(' && ')
}

export function putConstant(bytes: Uint8Array, at: number, constant: Bytes): number {
  for (let index = 0; index < constant.length; index++) bytes[at + index] = constant[index]!
  return at + constant.length
}

export function matches(bytes: Uint8Array, at: number, end: number, constant: Bytes): boolean {
  if (at + constant.length > end) return false
  for (let index = 0; index < constant.length; index++) if (bytes[at + index] !== constant[index]) return false
  return true
}

/** The header of a map that has always this many members. */
export function mapHeader(count: number): Bytes {
  return count < 16 ? [0x80 | count] : [0xde, count >> 8, count & 0xff]
}
