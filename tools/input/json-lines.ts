import { isUtf8 } from 'node:buffer'
import { inexactNumber } from './inexact-number.ts'
import type { InputItem, InputParser, LineBlock } from './input-item.ts'

const NEWLINE = 10

/** JSON Lines: one JSON value a line. Blank lines are passed over. */
export class JsonLines implements InputParser {
  parse({ bytes, line }: LineBlock): readonly InputItem[] {
    const items: InputItem[] = []
    const isText = isUtf8(bytes)
    let number = line
    for (let at = 0; at < bytes.length; number++) {
      const found = bytes.indexOf(NEWLINE, at)
      const end = found < 0 ? bytes.length : found
      if (!isText && !isUtf8(bytes.subarray(at, end))) items.push({ line: number, fault: 'it is not UTF-8' })
      else addLine(items, number, bytes.toString('utf8', at, end))
      at = end + 1
    }
    return items
  }

  end(): readonly InputItem[] {
    return []
  }
}

function addLine(items: InputItem[], line: number, text: string): void {
  if (text.trim() === '') return
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    items.push({ line, fault: `it is not JSON: ${(error as Error).message}` })
    return
  }
  const number = inexactNumber(text)
  items.push(number === undefined ? { line, value } : { line, fault: `${number} can not be kept exactly; quote it` })
}
