import type { AppendCostFigure, BenchResult, Distribution, LatencyFigure, OpenLoopFigure } from '../result.ts'
import { COUNT, count, medianOf, quantity, sizeOf, spreadOf, TIME } from './format.ts'
import { type Column, figure, type Table, tableOf, word } from './table.ts'

const COST: readonly Column<AppendCostFigure>[] = [
  word('policy', ({ policy }) => policy),
  word('encoding', ({ encoding }) => encoding),
  figure('size', ({ size }) => sizeOf(size)),
  figure('in bursts', ({ burstNs }) => spreadOf(burstNs, TIME)),
  figure('JSON.stringify', ({ jsonNs }) => spreadOf(jsonNs, TIME)),
  ...percentiles<AppendCostFigure>('single ', ({ single }) => single),
  ...percentiles<AppendCostFigure>('waking ', ({ waking }) => waking),
  ...percentiles<AppendCostFigure>('timer ', ({ timer }) => timer).slice(0, 2),
]

const CLOSED: readonly Column<LatencyFigure>[] = [
  word('policy', ({ policy }) => policy),
  figure('size', ({ size }) => sizeOf(size)),
  figure('callers', ({ callers }) => count(callers)),
  word('how', ({ how }) => waitName(how)),
  figure('records/s', ({ recordsPerSecond }) => spreadOf(recordsPerSecond, COUNT)),
  figure('p50', ({ latency }) => spreadOf(latency.p50, TIME)),
  figure('p99', ({ latency }) => spreadOf(latency.p99, TIME)),
  figure('p99.9', ({ latency }) => spreadOf(latency.p999, TIME)),
  figure('slowest', ({ latency }) => quantity(latency.max, TIME)),
  figure('samples', ({ latency }) => count(latency.samples)),
]

const OPEN: readonly Column<OpenLoopFigure>[] = [
  word('policy', ({ policy }) => policy),
  figure('size', ({ size }) => sizeOf(size)),
  figure('planned/s', ({ rate }) => quantity(rate, COUNT)),
  figure('done/s', ({ achieved }) => spreadOf(achieved, COUNT)),
  ...percentiles<OpenLoopFigure>('accepted ', ({ accepted }) => accepted),
  ...percentiles<OpenLoopFigure>('durable ', ({ durable }) => durable),
  figure('slowest', ({ durable }) => quantity(durable.max, TIME)),
]

const WAITS: Readonly<Record<LatencyFigure['how'], string>> = {
  waitDurable: 'waitDurable',
  durable: 'await durable',
  flush: 'await flush',
  appendDurable: 'await appendDurable',
  bare: 'bare loop, record',
  'bare-page': 'bare loop, 4 KiB',
}

/** How a caller waited, in words; `bare` had no log to wait for. */
export function waitName(how: LatencyFigure['how']): string {
  return WAITS[how]
}

export function appendCostTables({ appendCost }: BenchResult): Table[] {
  const note = 'Single: one at a time while the writer is awake. Waking: each has to wake it. Both hold the timer once.'
  return [tableOf({ id: 'append-cost', title: 'What an append costs the calling thread', note }, COST, appendCost)]
}

export function latencyTables({ latency }: BenchResult): Table[] {
  const title = 'Latency, closed loop: from the append until the record is durable'
  return [tableOf({ id: 'latency', title, note: '' }, CLOSED, latency)]
}

export function openLoopTables({ openLoop }: BenchResult): Table[] {
  const title = 'Latency, open loop: from the planned time until append returned, and until the record is durable'
  const note = 'An append that starts late has already waited, and its time counts from when it should have started.'
  return [tableOf({ id: 'open-loop', title, note }, OPEN, openLoop)]
}

/** Medians alone: a row of spreads would fit no terminal. */
function percentiles<T>(prefix: string, of: (row: T) => Distribution): Column<T>[] {
  return [
    figure(`${prefix}p50`, (row) => medianOf(of(row).p50, TIME)),
    figure('p99', (row) => medianOf(of(row).p99, TIME)),
    figure('p99.9', (row) => medianOf(of(row).p999, TIME)),
  ]
}
