/** An integer as JSON carries it without loss: a number, or beyond 2^53 − 1 its decimal digits. */
export function exactInteger(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** A double as JSON carries it: a number, or the word for what JSON has no number for: NaN, Infinity, -Infinity. */
export function exactDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
