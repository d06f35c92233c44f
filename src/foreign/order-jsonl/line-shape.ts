import { closingQuote, isSpace, skipSpace } from './text-search.ts'

/** A key of the outermost object of a line. */
export interface TopKey {
  readonly name: string
  /** Index of its opening quote. */
  readonly at: number
}

/** What a line is as a piece of JSON, looked at loosely: quotes and brackets only. */
export interface LineShape {
  /** Whether it is one object from its first brace to its last, with nothing before and behind it. */
  readonly isWhole: boolean
  /** The keys of that object, as far as it goes, in order. */
  readonly keys: readonly TopKey[]
}

const QUOTE = '"'
const COLON = ':'

export function shapeOf(line: string): LineShape {
  const keys: TopKey[] = []
  let at = skipSpace(line, 0)
  if (line[at] !== '{') return { isWhole: false, keys }
  let depth = 1
  let mayBeKey = true
  for (at++; at < line.length && depth > 0; at++) {
    const character = line[at]!
    if (character === QUOTE) {
      const end = closingQuote(line, at + 1)
      if (end < 0) return { isWhole: false, keys }
      const isKey = mayBeKey && depth === 1 && line[skipSpace(line, end + 1)] === COLON
      if (isKey) keys.push({ name: line.slice(at + 1, end), at })
      at = end
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    mayBeKey = character === ',' || (mayBeKey && isSpace(character.charCodeAt(0)))
  }
  return { isWhole: depth === 0 && line[at - 1] === '}' && skipSpace(line, at) === line.length, keys }
}
