import { vi } from 'vitest'

export interface SystemClocks {
  wallMs: number
  /** Of the monotonic clock. */
  sinceMs: number
}

/** Both clocks of the system, to be set; `vi.restoreAllMocks` gives them back. */
export function takeClocks(): SystemClocks {
  const clocks = { wallMs: 1_700_000_000_000, sinceMs: 1000 }
  vi.spyOn(Date, 'now').mockImplementation(() => clocks.wallMs)
  // Which of the two is read depends on the version of Node.js.
  vi.spyOn(performance, 'now').mockImplementation(() => clocks.sinceMs)
  vi.spyOn(process, 'hrtime').mockImplementation(() => [
    Math.floor(clocks.sinceMs / 1000),
    (clocks.sinceMs % 1000) * 1e6,
  ])
  return clocks
}
