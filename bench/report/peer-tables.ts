import type { BenchResult, PeerFigure, PeerWork } from '../result.ts'
import { COUNT, medianOf, NOTHING, quantity, sizeOf, spreadOf, TIME, TIMES } from './format.ts'
import { figure, prose, type Table, tableOf, word } from './table.ts'

/** The name under which the log itself stands among its peers. */
export const OURS = 'ringwal'

const WORKS: Readonly<Record<PeerWork, string>> = {
  pipelined: 'pipelined',
  'one-at-a-time': 'one at a time',
  '64-callers': '64 callers',
}

export function workName(work: PeerWork): string {
  return WORKS[work]
}

/** With a warning where the acknowledgement is worth less than the others'. */
export function peerName({ peer, durable }: PeerFigure): string {
  return durable === false ? `${peer} (not durable)` : peer
}

/** How many records the log makes durable for each one of a peer at the same work; null if it was not measured. */
export function timesFaster(
  figures: readonly PeerFigure[],
  { work, size, recordsPerSecond }: PeerFigure,
): number | null {
  const ours = figures.find((other) => other.peer === OURS && other.work === work && other.size === size)
  return ours === undefined ? null : ours.recordsPerSecond.median / recordsPerSecond.median
}

export function peerTables({ peers }: Pick<BenchResult, 'peers'>): Table[] {
  const figures = {
    id: 'peers',
    title: 'Peers at the same work: each record durable before it counts',
    note: `${OURS} × is how many records ${OURS} does for each one of the peer’s, by the medians.`,
  }
  return [tableOf(figures, rates(peers), fastestFirst(peers)), promises(peers)]
}

function rates(peers: readonly PeerFigure[]): Parameters<typeof tableOf<PeerFigure>>[1] {
  return [
    word('work', ({ work }) => workName(work)),
    figure('size', ({ size }) => sizeOf(size)),
    word('peer', peerName),
    figure('records/s', ({ recordsPerSecond }) => spreadOf(recordsPerSecond, COUNT)),
    figure(`${OURS} ×`, (peer) => timesText(peer.peer === OURS ? null : timesFaster(peers, peer))),
    figure('p50', ({ latency }) => medianOf(latency?.p50 ?? null, TIME)),
    figure('p99', ({ latency }) => medianOf(latency?.p99 ?? null, TIME)),
    figure('p99.9', ({ latency }) => medianOf(latency?.p999 ?? null, TIME)),
  ]
}

/** Within each work and size, which stay in their order. */
function fastestFirst(peers: readonly PeerFigure[]): PeerFigure[] {
  const works = [...new Set(peers.map(workAndSize))]
  const place = (peer: PeerFigure): number => works.indexOf(workAndSize(peer))
  return peers.toSorted((a, b) => place(a) - place(b) || b.recordsPerSecond.median - a.recordsPerSecond.median)
}

function workAndSize({ work, size }: PeerFigure): string {
  return `${work} ${size}`
}

/** What stands behind the word "acknowledged": a line for each peer, however many works it did. */
function promises(peers: readonly PeerFigure[]): Table {
  const byText = new Map(peers.map((peer) => [JSON.stringify([peer.peer, peer.version, peer.promise]), peer]))
  const about = { id: 'promises', title: 'What each acknowledgement promises', note: '' }
  const columns = [
    word<PeerFigure>('peer', peerName),
    word<PeerFigure>('version', ({ version }) => version),
    prose<PeerFigure>('promise', ({ promise }) => promise),
  ]
  return tableOf(about, columns, [...byText.values()])
}

function timesText(times: number | null): string {
  return times === null ? NOTHING : quantity(times, TIMES)
}
