/** Texts as programs in Python take them apart: those of other systems whose results are to be met exactly. */

/** What `str.isspace` calls white space, which is neither what JavaScript trims nor what it matches as `\s`. */
const WIDE_SPACE = '\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const SPACE = new RegExp(`[\\t-\\r\\x1c-\\x20${WIDE_SPACE}]`)
/** To `int` and `float`, fewer of those in ASCII are. */
const NUMBER_SPACE = new RegExp(`[\\t-\\r ${WIDE_SPACE}]`)
const LINE_ENDS = '\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029'
const LINE_END = new RegExp(`\\r\\n|[${LINE_ENDS}]`)

/** `text.strip()` */
export function strip(text: string): string {
  return without(SPACE, text)
}

/** A text without white space around it, as `int` and `float` take it. */
export function stripNumber(text: string): string {
  return without(NUMBER_SPACE, text)
}

/** Character by character: one expression for a run and its end takes the square of the time for runs inside of a text. */
function without(space: RegExp, text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && space.test(text[start]!)) start++
  while (end > start && space.test(text[end - 1]!)) end--
  return text.slice(start, end)
}

/** `text.splitlines()` */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_END)
  // What stands behind the last line end is a line only if it is something.
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Whether a text would be more than one line to `splitlines`. */
export function hasLineEnd(text: string): boolean {
  return LINE_END.test(text)
}

/** `str(Path(path))` of a POSIX system: no empty and no `.` components, and nothing resolved. */
export function pathText(path: string): string {
  const [root = ''] = /^\/*/.exec(path) ?? []
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  // Two slashes in front, and only two, mean something else than one.
  const front = root.length === 2 ? '//' : root === '' ? '' : '/'
  return front + parts.join('/') || '.'
}

/** `repr(text)`, for texts without a character that needs more than a backslash in front. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')
  return quote + (quote === "'" ? inner.replace(/'/g, "\\'") : inner) + quote
}
