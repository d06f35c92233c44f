import type { ThroughputFigure } from '../result.ts'
import { atLeast, atMost, type Judge, latencyOf, millions, throughputOf, times } from './figures.ts'

const RATE_128_INTERVAL = 6e6
const RATE_128_ALWAYS = 5e6
const RATE_DECLARED = 4e6
const RATE_THREE_PRODUCERS = 4e6
const LARGE_BYTES = 1024
const OF_BARE_MIN = 0.75
const TO_BARE_MAX = 1.35

/** Durable records a second, from the first append until all are durable. */
export const throughputClaims: Judge = (measured) => {
  const rate = (name: string, figure: ThroughputFigure | undefined, min: number): ReturnType<Judge>[number] =>
    figure && atLeast(name, figure.recordsPerSecond.median, min, millions)
  return [
    rate('128 B under interval', throughputOf(measured, 'interval', 'bytes', 128, 1), RATE_128_INTERVAL),
    rate('128 B under always', throughputOf(measured, 'always', 'bytes', 128, 1), RATE_128_ALWAYS),
    rate('declared orders under interval', throughputOf(measured, 'interval', 'declared', undefined, 1), RATE_DECLARED),
    rate('128 B, 3 producers', throughputOf(measured, 'interval', 'bytes', 128, 3), RATE_THREE_PRODUCERS),
    ...besideBareLoop(measured),
  ]
}

/** The cell that does worst beside the loop that writes and syncs as it did. */
const besideBareLoop: Judge = ({ throughput }) => {
  const large = throughput.filter((one) => one.encoding === 'bytes' && one.producers === 1 && one.size >= LARGE_BYTES)
  const [worst] = large.toSorted((a, b) => a.ratioToBareAlike.median - b.ratioToBareAlike.median)
  if (worst === undefined) return []
  const name = 'file bytes of 1 KiB and larger records, beside the bare loop with the same batches'
  const claim = atLeast(name, worst.ratioToBareAlike.median, OF_BARE_MIN, times)
  return [{ ...claim, measured: `${claim.measured} (${worst.size} B under ${worst.policy}, the lowest)` }]
}

export const latencyClaims: Judge = (measured) => {
  const ours = latencyOf(measured, 'waitDurable', 'always')?.latency.p50
  const bare = latencyOf(measured, 'bare', 'always')?.latency.p50
  if (ours == null || bare == null) return []
  const name = 'one at a time under always, p50, beside the bare write and fdatasync'
  return [atMost(name, ours.median / bare.median, TO_BARE_MAX, times)]
}
