/** Times as text: ISO 8601, in UTC, to the nanosecond. */
import { refuseOption } from './failure.ts'
import type { OptionParser } from './option-values.ts'

const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n
const LAST_NS = 2n ** 64n - 1n

const ALLOWED =
  'a time such as 2026-11-20T21:48:00.123456789Z (UTC unless it says +hh:mm), @<ns since 1970>, or a time ago such as -10m (ms, s, m, h, d)'

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i

const AGO_NS: Readonly<Record<string, bigint>> = {
  ms: NS_PER_MS,
  s: NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  h: 3600n * NS_PER_SECOND,
  d: 86_400n * NS_PER_SECOND,
}

/** Nanoseconds since the Unix epoch, from any of the three forms. */
export function timeOption(option: string, nowMs: () => number = Date.now): OptionParser<bigint> {
  return (text) => {
    const time = epochTime(text) ?? timeAgo(text, nowMs) ?? isoTime(text)
    if (time !== undefined && time >= 0n && time <= LAST_NS) return time
    throw refuseOption(option, text, ALLOWED)
  }
}

function epochTime(text: string): bigint | undefined {
  return /^@\d{1,20}$/.test(text) ? BigInt(text.slice(1)) : undefined
}

function timeAgo(text: string, nowMs: () => number): bigint | undefined {
  const [, count, unit] = /^-(\d{1,15})(ms|s|m|h|d)$/.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  return BigInt(nowMs()) * NS_PER_MS - BigInt(count) * AGO_NS[unit]!
}

function isoTime(text: string): bigint | undefined {
  const match: readonly (string | undefined)[] | null = ISO.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0))
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date.UTC carries 31 February over to March; a time that is none must be refused.
  const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0'))
  return BigInt(date.getTime()) * NS_PER_MS + fraction - offsetNs(match[8] ?? 'Z')
}

function offsetNs(zone: string): bigint {
  if (zone.toUpperCase() === 'Z') return 0n
  const minutes = BigInt(zone.slice(1, 3)) * 60n + BigInt(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60n * NS_PER_SECOND
}

/** Writes times as ISO 8601 with nine decimals. Keep one: times that follow one another mostly share their second. */
export class TimeText {
  private second = -1n
  private text = ''

  /** @param time nanoseconds since the Unix epoch, 0 to 2^64 - 1 */
  of(time: bigint): string {
    const second = time / NS_PER_SECOND
    if (second !== this.second) {
      this.second = second
      this.text = new Date(Number(second) * 1000).toISOString().slice(0, 19)
    }
    return `${this.text}.${String(time % NS_PER_SECOND).padStart(9, '0')}Z`
  }
}
