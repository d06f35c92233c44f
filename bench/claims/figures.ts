import type { SyncPolicy } from '../../src/index.ts'
import type {
  AppendCostFigure,
  BenchResult,
  Claim,
  Encoding,
  LatencyFigure,
  PeerFigure,
  PeerWork,
  ReadingFigure,
  ThroughputFigure,
} from '../result.ts'

/** Everything that was measured. */
export type Measured = Omit<BenchResult, 'claims'>

/** Nothing if this run has not measured what the claim is about. */
export type Judge = (measured: Measured) => readonly (Claim | undefined)[]

/** What is to be looked up, and how: the claims are about single figures among many. */
export function throughputOf(
  { throughput }: Measured,
  policy: SyncPolicy,
  encoding: Encoding,
  size: number | undefined,
  producers: number,
): ThroughputFigure | undefined {
  return throughput.find(
    (one) =>
      one.policy === policy &&
      one.encoding === encoding &&
      one.producers === producers &&
      (size === undefined || one.size === size),
  )
}

export function appendCostOf(
  { appendCost }: Measured,
  policy: SyncPolicy,
  encoding: Encoding,
  size?: number,
): AppendCostFigure | undefined {
  return appendCost.find(
    (one) => one.policy === policy && one.encoding === encoding && (size === undefined || one.size === size),
  )
}

/** Of one caller. */
export function latencyOf(
  { latency }: Measured,
  how: LatencyFigure['how'],
  policy: SyncPolicy,
): LatencyFigure | undefined {
  return latency.find((one) => one.how === how && one.policy === policy && one.callers === 1)
}

export function readingOf(
  { reading }: Measured,
  what: ReadingFigure['what'],
  workers: number,
): ReadingFigure | undefined {
  return reading.find((one) => one.what === what && one.workers === workers)
}

const OURS = 'ringwal'

/** The log, the best of its rivals at one kind of work, and the best of those who keep bytes and no records. */
export interface Contest {
  readonly ours: PeerFigure
  readonly best: PeerFigure
  readonly bestFrameless: PeerFigure | undefined
}

/**
 * No rival is what may lose an acknowledged record with the power, the log itself in another mode, or a file of bytes in
 * which nothing tells a torn record from a whole one.
 * @param figure the higher the better
 */
export function contestOf(
  { peers }: Measured,
  work: PeerWork,
  figure: (one: PeerFigure) => number,
): Contest | undefined {
  const all = peers.filter((one) => one.work === work)
  const highest = (some: readonly PeerFigure[]): PeerFigure | undefined =>
    some.toSorted((a, b) => figure(b) - figure(a))[0]
  const ours = all.find(({ peer }) => peer === OURS)
  const others = all.filter((one) => one.peer !== OURS && one.ours !== true && one.durable !== false)
  const best = highest(others.filter(({ frameless }) => frameless !== true))
  if (ours === undefined || best === undefined) return undefined
  return { ours, best, bestFrameless: highest(others.filter(({ frameless }) => frameless === true)) }
}

/** A figure that is to be so much at least. */
export function atLeast(name: string, value: number, min: number, show: (value: number) => string): Claim {
  return { name, target: `at least ${show(min)}`, measured: show(value), holds: value >= min }
}

export function atMost(name: string, value: number, max: number, show: (value: number) => string): Claim {
  return { name, target: `at most ${show(max)}`, measured: show(value), holds: value <= max }
}

export const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(2)} M/s`
export const times = (ratio: number): string => `${ratio.toFixed(2)} times`
