/** Numbers for people. */

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes in decimal units with one digit behind the point: `6.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`
}

/** A count with thousands set apart by commas, whatever the locale. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `1 record`, `2 records`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Events per second, rounded to three digits; 0 where no time has passed. */
export function rate(count: number, seconds: number): number {
  return seconds > 0 ? Number((count / seconds).toPrecision(3)) : 0
}

/** How far a work is: `12.3 MB of 64.0 MB, 19 %`; without the rest where `bytesTotal` is 0, not known. */
export function formatShare(bytesDone: number, bytesTotal: number): string {
  if (bytesTotal === 0) return formatBytes(bytesDone)
  const percent = Math.min(100, Math.floor((100 * bytesDone) / bytesTotal))
  return `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}, ${percent} %`
}
