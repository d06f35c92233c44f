import type { BenchResult, LifetimeFigure, MicroFigure, OpeningFigure, ReadingFigure } from '../result.ts'
import { COUNT, count, PLAIN, quantity, sizeOf, spreadOf, TIME } from './format.ts'
import { type Column, figure, type Table, tableOf, word } from './table.ts'

const LIFETIME: readonly Column<LifetimeFigure>[] = [
  figure('records in the log', ({ records }) => count(records)),
  figure('an append', ({ nsPerRecord }) => spreadOf(nsPerRecord, TIME)),
  figure('until durable, at full speed', ({ fillNs }) => spreadOf(fillNs ?? null, TIME)),
  figure('resident MiB', ({ rssMiB }) => spreadOf(rssMiB, PLAIN)),
]

const READING: readonly Column<ReadingFigure>[] = [
  word('what', ({ what }) => what),
  figure('workers', ({ workers }) => count(workers)),
  figure('records', ({ records }) => quantity(records, COUNT)),
  figure('MB', ({ bytes }) => count(bytes / 1e6)),
  figure('records/s', ({ recordsPerSecond }) => spreadOf(recordsPerSecond, COUNT)),
  figure('GB/s', ({ GBPerSecond }) => spreadOf(GBPerSecond, PLAIN)),
  figure('resident MiB', ({ rssMiB }) => spreadOf(rssMiB, PLAIN)),
]

const OPENING: readonly Column<OpeningFigure>[] = [
  word('after', ({ after }) => after),
  figure('log', ({ logBytes }) => sizeOf(logBytes)),
  figure('ms', ({ milliseconds }) => spreadOf(milliseconds, PLAIN)),
]

const MICRO: readonly Column<MicroFigure>[] = [
  word('group', ({ group }) => group),
  word('operation', ({ name }) => name),
  figure('an operation', ({ nsPerOperation }) => spreadOf(nsPerOperation, TIME)),
]

export function lifetimeTables({ lifetime }: BenchResult): Table[] {
  const title = 'A long life: what a record costs while the log grows, and the memory of the process'
  return [tableOf({ id: 'lifetime', title, note: '' }, LIFETIME, lifetime)]
}

export function readingTables({ reading, opening }: BenchResult): Table[] {
  const read = { id: 'reading', title: 'Reading a log back, from the page cache', note: '' }
  const opened = { id: 'opening', title: 'Opening a log that is there', note: '' }
  return [tableOf(read, READING, reading), tableOf(opened, OPENING, opening)]
}

export function microTables({ micro }: BenchResult): Table[] {
  return [tableOf({ id: 'micro', title: 'Single operations', note: '' }, MICRO, micro)]
}
