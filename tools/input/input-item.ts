/** One record of the input, or why there is none. */
export type InputItem = InputRecord | InputFault

export interface InputRecord {
  /** Line on which it begins; the first is 1. */
  readonly line: number
  readonly value: unknown
}

export interface InputFault {
  readonly line: number
  readonly fault: string
  /** Whether what follows can not be understood without it. */
  readonly isFatal?: boolean
}

/** Some whole lines of the input, the last of them without its end where the input has none. */
export interface LineBlock {
  readonly bytes: Buffer
  /** Number of the first line. */
  readonly line: number
}

/** Makes records of lines, in the order of the input. One for each input: it remembers a header, or an open quote. */
export interface InputParser {
  parse(block: LineBlock): readonly InputItem[]
  /** What was still open when the input ended. */
  end(): readonly InputItem[]
}

/** The longest line, and CSV row, in bytes. Longer ones could not be stored, and would have to be held in memory. */
export const LINE_BYTES_MAX: number = 16 * 2 ** 20
