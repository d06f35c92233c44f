const QUOTE = 34
const BACKSLASH = 92

/** Numbers of fewer digits and without an exponent are exact, or fractions, which doubles round as everywhere. */
const MAY_HOLD_ONE = /\d{16}|\d[eE]/

const NUMBER = /-?\d[\d.eE+-]*/y

/**
 * Finds a number in a valid JSON text that `JSON.parse` changes in silence: an integer past 2^53 - 1, or one too large
 * for a double. A fraction is not among them, nor is 1e20: it is the same number as a double.
 * @returns the number as it is written; undefined if there is none
 */
export function inexactNumber(text: string): string | undefined {
  if (!MAY_HOLD_ONE.test(text)) return undefined
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
    } else if (isNumberStart(code)) {
      NUMBER.lastIndex = at
      const number = NUMBER.exec(text)![0]
      if (isInexact(number)) return number.length > 60 ? `${number.slice(0, 60)}…` : number
      at += number.length
    } else {
      at++
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE || at >= text.length) return at + 1
  }
}

function isNumberStart(code: number): boolean {
  return code === 45 || (code >= 48 && code <= 57)
}

function isInexact(number: string): boolean {
  const value = Number(number)
  if (!Number.isFinite(value)) return true
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return false
  const [mantissa = '', exponent] = number.split(/[eE]/)
  // A decimal of at most 15 significant digits goes through a double unchanged.
  return exponent === undefined || mantissa.replace(/\D/g, '').replace(/^0+|0+$/g, '').length > 15
}
