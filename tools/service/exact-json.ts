import { inexactNumber } from '../input/inexact-number.ts'

/** Brackets and signs; strings; numbers and words. */
const TOKEN = /[ \t\n\r]*([[\]{},:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^[\]{},:" \t\n\r]+)/y
const INTEGER = /^-?\d+$/

/**
 * The value of a JSON text, as `JSON.parse` gives it; but an integer that a double does not hold is a bigint.
 * @param deepest arrays and objects in one another
 * @throws SyntaxError for what is no JSON, or deeper
 */
export function parseExactJson(text: string, deepest: number): unknown {
  const value: unknown = JSON.parse(text)
  if (isDeeper(value, deepest)) throw new SyntaxError(`it is more than ${deepest} deep`)
  // Only a text with such a number has to be gone through once more, and then it is valid.
  return inexactNumber(text) === undefined ? value : new Walk(text).value()
}

/** Calls itself only as deep as may be. */
function isDeeper(value: unknown, deepest: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (deepest === 0) return true
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  return members.some((member) => isDeeper(member, deepest - 1))
}

/** Goes through a text that is valid. */
class Walk {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  value(token: string = this.next()): unknown {
    if (token === '[') return this.list()
    if (token === '{') return this.members()
    return INTEGER.test(token) ? exactInteger(token) : finite(JSON.parse(token))
  }

  private list(): unknown[] {
    const values: unknown[] = []
    for (let token = this.next(); token !== ']'; token = this.next()) if (token !== ',') values.push(this.value(token))
    return values
  }

  private members(): unknown {
    const members = {}
    for (let token = this.next(); token !== '}'; token = this.next()) {
      if (token === ',') continue
      this.next()
      // As a name may be __proto__.
      const facts = { value: this.value(), writable: true, enumerable: true, configurable: true }
      Object.defineProperty(members, JSON.parse(token), facts)
    }
    return members
  }

  private next(): string {
    TOKEN.lastIndex = this.at
    const token = TOKEN.exec(this.text)![1]!
    this.at = TOKEN.lastIndex
    return token
  }
}

function exactInteger(token: string): number | bigint {
  const [double, integer] = [Number(token), BigInt(token)]
  return Number.isFinite(double) && BigInt(double) === integer ? double : integer
}

function finite(value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw new SyntaxError('a number is larger than any that can be kept')
}
