/** Times of evidence: UTC, to the second. */
import { asciiDigits } from '../foreign/python/python-number.ts'

const STRICT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/

/** What `strptime` lets pass for `%Y-%m-%dT%H:%M:%SZ`: single digits, small letters, and digits of any script. */
const LENIENT =
  /^(\p{Nd}{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\p{Nd}|0[1-9]|[1-9]| [1-9])T(2[0-3]|[01]\p{Nd}|\p{Nd}):([0-5]\p{Nd}|\p{Nd}):([0-5]\p{Nd}|\p{Nd})Z$/iu

const SECOND_MS = 1000

/**
 * Seconds since 1970 of a time such as 2026-02-11T12:00:00Z; undefined if it is none.
 * @param isLenient also takes 2026-2-11t12:0:0z
 */
export function utcSecond(text: string, isLenient: boolean): number | undefined {
  const match = isLenient ? LENIENT.exec(text) : STRICT.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(asciiDigits(part)))
  const date = new Date(0)
  // Not by Date.UTC, which takes the years 0 to 99 for those of the last century.
  date.setUTCFullYear(year, month - 1, day)
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (year === 0 || !isDay || hour > 23 || minute > 59 || second > 59) return undefined
  return date.setUTCHours(hour, minute, second) / SECOND_MS
}

/** The second in which a time lies, as evidence has it. @param ms since 1970; of the years 1 to 9999 */
export function utcSecondText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
