export type InputForm = 'jsonl' | 'csv'

/**
 * The form of an input, from its first lines: JSON Lines if its first character that is no blank is `{` or `[`, or if
 * the first line with anything on it is a JSON value by itself (a number, a string …); else CSV.
 * @returns undefined if there are only blanks
 */
export function sniffForm(lines: Buffer): InputForm | undefined {
  const first = /\S.*/.exec(lines.toString('utf8', 0, 1 << 16))?.[0]
  if (first === undefined) return undefined
  return first.startsWith('{') || first.startsWith('[') || isJson(first) ? 'jsonl' : 'csv'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
