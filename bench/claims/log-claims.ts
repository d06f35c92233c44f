import { atLeast, atMost, type Judge, millions, readingOf, times } from './figures.ts'

const VERIFY_GB = 3
const REPLAY_RATE = 1e6
const REPLAY_GAIN = 1.7
const OPEN_LOG_BYTES = 2 ** 30
const OPEN_MS = { close: 100, SIGKILL: 400 } as const
const COST_SPREAD_MAX = 1.15
const RSS_GROWTH_MIB_MAX = 32

export const readingClaims: Judge = (measured) => {
  const verify = readingOf(measured, 'verify', 1)
  const one = readingOf(measured, 'replay', 1)
  const two = readingOf(measured, 'replay', 2)
  const gain = one && two && two.recordsPerSecond.median / one.recordsPerSecond.median
  return [
    verify && atLeast('verify, 1 worker', verify.GBPerSecond.median, VERIFY_GB, (gb) => `${gb.toFixed(2)} GB/s`),
    one && atLeast('replay into order state, 1 worker', one.recordsPerSecond.median, REPLAY_RATE, millions),
    gain === undefined ? gain : atLeast('replay, 2 workers beside 1', gain, REPLAY_GAIN, times),
  ]
}

/** The promise is about a log of 1 GiB: a smaller one says nothing of it. */
export const openingClaims: Judge = ({ opening }) =>
  opening
    // It is made to measure, and its last record ends within a record of it.
    .filter(({ logBytes }) => logBytes >= OPEN_LOG_BYTES * 0.999)
    .map(({ after, milliseconds }) => {
      const name = `open of a log of 1 GiB, after ${after === 'close' ? 'a clean close' : after}`
      return atMost(name, milliseconds.median, OPEN_MS[after], (ms) => `${ms.toFixed(0)} ms`)
    })

/** Stations of a run too short for three tell nothing. */
export const lifetimeClaims: Judge = ({ lifetime }) => {
  const [first, last] = [lifetime[0], lifetime.at(-1)]
  if (first === undefined || last === undefined || last.records < 1e6) return []
  const costs = lifetime.map(({ nsPerRecord }) => nsPerRecord.median)
  const growth = Math.max(...lifetime.slice(1).map(({ rssMiB }) => rssMiB.median)) - first.rssMiB.median
  const where = `from ${first.records} to ${last.records} records`
  const mib = (value: number): string => `${value.toFixed(0)} MiB`
  return [
    atMost(`highest beside lowest cost of a record, ${where}`, highestToLowest(costs), COST_SPREAD_MAX, times),
    atMost(`growth of resident memory, ${where}`, growth, RSS_GROWTH_MIB_MAX, mib),
  ]
}

function highestToLowest(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values)
}
