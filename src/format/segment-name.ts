const PATTERN = /^(\d{20})\.rwal$/

/** The file name of a segment: its number in 20 digits, so that names sort as the segments follow. */
export function segmentName(number: number): string {
  return `${String(number).padStart(20, '0')}.rwal`
}

/** The segment number that a file name stands for; undefined if it is no segment's name. */
export function parseSegmentName(name: string): number | undefined {
  const digits = PATTERN.exec(name)?.[1]
  const number = digits === undefined ? Number.NaN : Number(digits)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
