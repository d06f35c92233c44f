import { FIELD, markerOf, REPLAY_FIELDS } from './fields.ts'
import type { LineFields } from './line-fields.ts'
import { type LineShape, shapeOf } from './line-shape.ts'
import type { RawLine } from './line-splitter.ts'
import { ODDITY, type Reading, type ReadOrder } from './order-reading.ts'

/**
 * What the original did by accident, in silence:
 * - `torn`: the file ends inside the last line
 * - `broken`: a line is no whole object, and was believed or passed over all the same
 * - `too-long`: a line was too long to be looked at
 * - `no-newline`: the last line is whole but for its line feed
 * - `duplicate`: a field stands twice, and the first one counted
 * - `misplaced`: a field was taken from the inside of another one
 * - `unseen`: a field was not found, for a space before its colon
 * - `misread`: a value was taken for another one than what stands there
 * - `not-utf8`: an order id is no UTF-8: a byte of it is shown as the lone surrogate U+DC00 + byte
 * - `refused`: nothing of a file of version 4 was used, for what this line is
 */
export type OrderJsonlWarningCode =
  | 'torn'
  | 'broken'
  | 'too-long'
  | 'no-newline'
  | 'duplicate'
  | 'misplaced'
  | 'unseen'
  | 'misread'
  | 'not-utf8'
  | 'refused'

export interface OrderJsonlWarning {
  readonly code: OrderJsonlWarningCode
  /** From 1, blank lines counted; 0 if it is about no one line. */
  readonly line: number
  readonly offset: number
  /** Whether bytes are missing or wrong, so that the file is not what was written. */
  readonly isDamage: boolean
  readonly reason: string
}

/** One line of text. */
export function describeWarning({ code, line, offset, reason }: OrderJsonlWarning): string {
  return line === 0 ? `${code}: ${reason}` : `${code}: line ${line} at offset ${offset} ${reason}`
}

/** In UTF-8: some editors put it in front of a file. */
const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** All that is to be said of a line; nothing of an ordinary one. */
export function warningsOf(line: RawLine, fields: LineFields, reading: Reading): OrderJsonlWarning[] {
  const warnings: OrderJsonlWarning[] = []
  const warn = (code: OrderJsonlWarningCode, isDamage: boolean, reason: string) =>
    warnings.push({ code, line: line.number, offset: line.offset, isDamage, reason })
  if (line.isTooLong) {
    warn('too-long', true, `has ${line.bytes} bytes and is not read: a parse error`)
    return warnings
  }
  const text =
    line.offset === 0 && line.text.startsWith(BYTE_ORDER_MARK) ? line.text.slice(BYTE_ORDER_MARK.length) : line.text
  const shape = fields.isRegular ? undefined : shapeOf(text)
  const isWhole = shape?.isWhole ?? true
  if (!line.isEnded && isWhole) warn('no-newline', false, 'is the last one, and no line feed ends it')
  else if (!line.isEnded) warn('torn', true, `has no end, ${fateOf(reading)}${lastNumber(text, shape!, reading)}`)
  else if (!isWhole && reading.is !== 'error') warn('broken', true, `is no whole object, ${fateOf(reading)}`)
  if (reading.is === 'event') {
    if (shape?.isWhole) warnOfPlaces(text, shape, warn)
    for (const reason of misreadings(reading)) warn('misread', false, reason)
  }
  return warnings
}

function fateOf(reading: Reading): string {
  if (reading.is === 'error') return 'and is a parse error'
  return reading.is === 'event' ? 'and was believed all the same' : 'and was ignored for its kind'
}

/** A number at which a line breaks off may lack digits; what follows its colon shows whether it is one. */
function lastNumber(text: string, { keys }: LineShape, reading: Reading): string {
  const last = keys.at(-1)
  if (last === undefined || reading.is !== 'event') return ''
  const value = text.slice(text.indexOf(':', last.at + last.name.length + 2) + 1).trim()
  return /^[+-]?[0-9][0-9.eE+-]*$/.test(value) ? `: ${last.name} ${value} may lack digits` : ''
}

type Warn = (code: OrderJsonlWarningCode, isDamage: boolean, reason: string) => void

/** Fields of a whole object that are not where a JSON reader would look for them. */
function warnOfPlaces(text: string, { keys }: LineShape, warn: Warn): void {
  for (const name of REPLAY_FIELDS) {
    const found = text.indexOf(markerOf(FIELD[name]))
    const places = keys.filter((key) => key.name === name)
    if (places.length > 1) warn('duplicate', false, `has ${name} ${places.length} times, and the first one counts`)
    if (found < 0 && places.length > 0) warn('unseen', false, `has a space before the colon of ${name}: not found`)
    if (found >= 0 && !places.some((key) => key.at === found)) {
      warn('misplaced', false, `gives ${name} from the inside of another field`)
    }
  }
}

const MISREADINGS: readonly (readonly [oddity: number, reason: (event: ReadOrder) => string])[] = [
  [ODDITY.wrappedStatus, ({ status }) => `has a status beyond 32 bits, read as ${status}`],
  [ODDITY.wrappedFilled, ({ filled }) => `has a filled volume beyond 32 bits, read as ${filled}`],
  [ODDITY.wrappedTotal, ({ total }) => `has a total volume beyond 32 bits, read as ${total}`],
  [ODDITY.unreadableTotal, ({ total }) => `has a total volume that can not be read, taken for ${total}`],
  [ODDITY.unreadablePrice, () => 'has a price that can not be read, taken for 0'],
  [ODDITY.notFinitePrice, ({ price }) => `has ${price} for a price`],
  [ODDITY.escape, () => 'has a text with an escape other than those of the writer, read as the character behind it'],
]

function misreadings(event: ReadOrder): string[] {
  return MISREADINGS.filter(([oddity]) => (event.oddities & oddity) !== 0).map(([, reason]) => reason(event))
}
