import { formatBytes, rate } from './format.ts'

const CELLS = 24

/**
 * A progress line for work on bytes: `verifying [######..................]  26 %  279 MB of 1.1 GB  3.3 GB/s  1 s left`.
 * @param seconds since the work began
 */
export function progressBar(what: string, done: number, total: number, seconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(share * CELLS)
  const bar = '#'.repeat(filled) + '.'.repeat(CELLS - filled)
  const percent = `${Math.floor(share * 100)}`.padStart(3)
  const left = share === 0 ? '?' : Math.ceil((seconds * (1 - share)) / share)
  const speed = `${formatBytes(rate(done, seconds))}/s`
  return `${what} [${bar}] ${percent} %  ${formatBytes(done)} of ${formatBytes(total)}  ${speed}  ${left} s left`
}
