import { COUNT, medianOf, quantity, sizeOf, TIMES } from '../report/format.ts'
import { OURS, peerName, timesFaster, workName } from '../report/peer-tables.ts'
import type { BenchResult, PeerFigure } from '../result.ts'
import { distinct, grouped } from './grouped.ts'
import { type Curve, percentileView } from './percentile-view.ts'
import { colourAt, type Plot, type View } from './plot.ts'
import { barsView } from './spread-view.ts'

/** A plot of rates for each kind of work, then one of latencies. */
export function peerPlots({ peers }: BenchResult): Plot[] {
  const rates = grouped(peers, ({ work }) => work).map(([work, figures]): Plot => {
    const views = grouped(figures, ({ size }) => sizeOf(size)).map(([size, ones]) => rateView(size, ones))
    return { id: `peers-${work}`, title: `Peers, ${workName(figures[0]!.work)}`, views }
  })
  const names = distinct(peers.map(({ peer }) => peer))
  const latencies = grouped(peers, ({ work, size }) => `${workName(work)}, ${sizeOf(size)}`)
    .map(([name, figures]) => latencyView(name, figures, names))
    .filter((view) => view !== null)
  return [...rates, { id: 'peers-latency', title: 'Peers: time until acknowledged', views: latencies }]
}

function rateView(name: string, figures: readonly PeerFigure[]): View {
  const fastestFirst = figures.toSorted((a, b) => b.recordsPerSecond.median - a.recordsPerSecond.median)
  const kinds = [
    { name: OURS, colour: 'c1', of: ({ peer }: PeerFigure) => peer === OURS },
    { name: 'peers', colour: 'grey', of: isRival },
    { name: 'not durable when acknowledged', colour: 'faint', of: (one: PeerFigure) => one.durable === false },
  ] as const
  const series = kinds.map(({ name, colour, of }) => {
    const bars = fastestFirst.filter(of).map((one) => [peerName(one), one.recordsPerSecond] as const)
    return { name, colour, figures: bars }
  })
  return barsView(
    { name, reading: rateReading(name, fastestFirst) },
    series.filter((one) => one.figures.length > 0),
    COUNT,
    { title: 'records a second', scale: 'log' },
    fastestFirst.map(peerName),
  )
}

/** Who makes the same promise. */
function isRival({ peer, durable }: PeerFigure): boolean {
  return peer !== OURS && durable !== false
}

function rateReading(size: string, fastestFirst: readonly PeerFigure[]): string {
  const ours = fastestFirst.find(({ peer }) => peer === OURS)
  const best = fastestFirst.find(isRival)
  if (ours === undefined || best === undefined) return `Durable records of ${size} a second; longer is better.`
  const times = quantity(timesFaster(fastestFirst, best)!, TIMES)
  const rates = [ours, best].map(({ recordsPerSecond }) => medianOf(recordsPerSecond, COUNT))
  return `${OURS} makes ${rates[0]} records of ${size} a second durable, ${times} the best peer, ${best.peer}, with ${rates[1]}.`
}

function latencyView(name: string, figures: readonly PeerFigure[], names: readonly string[]): View | null {
  const curves = figures.flatMap((one): Curve[] =>
    one.latency === null ? [] : [{ name: peerName(one), ...lookOf(one.peer, names), distribution: one.latency }],
  )
  const reading = 'Each line is a peer: lower is faster, and a line that stays flat to the right has no slow tail.'
  return percentileView(name, 'time until acknowledged', reading, curves)
}

/** The log in the first colour; the rest share five, and are dashed in the second round. */
function lookOf(peer: string, names: readonly string[]): Pick<Curve, 'colour' | 'dash'> {
  if (peer === OURS) return { colour: 'c1', dash: 'solid' }
  const place = names.filter((name) => name !== OURS).indexOf(peer)
  return { colour: colourAt(1 + (place % 5)), dash: place < 5 ? 'solid' : 'dashed' }
}
