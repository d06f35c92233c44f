import type { Claim, PeerFigure } from '../result.ts'
import { atLeast, type Contest, contestOf, type Judge, times } from './figures.ts'

const PIPELINED_TIMES = 12
const SINGLY_TIMES = 1.5
const CALLERS_TIMES = 5

const rate = ({ recordsPerSecond }: PeerFigure): number => recordsPerSecond.median
/** One at a time, p50 is what counts; a peer that has none is held by its mean. */
const speed = ({ latency, recordsPerSecond }: PeerFigure): number =>
  latency?.p50 == null ? recordsPerSecond.median : 1e9 / latency.p50.median

/** Each beside the best of the others, all of them durable when acknowledged. */
export const peerClaims: Judge = (measured) => {
  const pipelined = contestOf(measured, 'pipelined', rate)
  const singly = contestOf(measured, 'one-at-a-time', speed)
  const callers = contestOf(measured, '64-callers', rate)
  return [
    pipelined && beside('pipelined records, durable', pipelined, rate, PIPELINED_TIMES),
    singly && beside('one record at a time, p50', singly, speed, SINGLY_TIMES),
    callers && beside('64 callers who await', callers, rate, CALLERS_TIMES),
  ]
}

function beside(what: string, contest: Contest, figure: (one: PeerFigure) => number, min: number): Claim {
  const { ours, best, bestFrameless } = contest
  const to = (other: PeerFigure): number => figure(ours) / figure(other)
  const claim = atLeast(`${what}, beside the best peer`, to(best), min, times)
  const bytes = bestFrameless && `; of those that keep bytes without a frame ${bestFrameless.peer}`
  const also = bestFrameless ? `${bytes}: ${times(to(bestFrameless))}` : ''
  return { ...claim, measured: `${claim.measured} (the best is ${best.peer}${also})` }
}
