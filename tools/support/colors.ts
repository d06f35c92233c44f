/** Puts a text in color, or leaves it as it is. */
export interface Colors {
  bad(text: string): string
  good(text: string): string
  faint(text: string): string
}

/** The facts that decide about color. */
export interface ColorFacts {
  readonly isTTY?: boolean
}

/**
 * Colors for a stream: none unless it is a terminal that has them, nor where `NO_COLOR` is set to anything but the
 * empty string (https://no-color.org).
 */
export function colorsFor(stream: ColorFacts, environment: NodeJS.ProcessEnv = process.env): Colors {
  const { NO_COLOR, TERM } = environment
  const isOn = stream.isTTY === true && !NO_COLOR && TERM !== 'dumb'
  const paint = (code: number, end: number) => (text: string) => (isOn ? `\u001b[${code}m${text}\u001b[${end}m` : text)
  return { bad: paint(31, 39), good: paint(32, 39), faint: paint(2, 22) }
}
