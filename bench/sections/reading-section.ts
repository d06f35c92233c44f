import { RingwalError } from '../../src/errors.ts'
import { measureAlone } from '../measure/isolate.ts'
import { EVENTS_STEP } from '../measure/make-log.ts'
import type { Reading } from '../measure/reading.ts'
import type { ReadingFigure } from '../result.ts'
import { spreadOf } from '../statistics.ts'
import { BigLog } from './big-log.ts'
import type { Section, Step } from './section.ts'
import type { Workshop } from './workshop.ts'

const EVENT_BYTES_MAX = 512

interface Cell {
  readonly what: ReadingFigure['what']
  readonly workers: number
  readonly path: string
  readonly runs: Reading[]
}

/** Logs that stand in the page cache: verified, read, and replayed into the state of orders and positions. */
export function readingSection(shop: Workshop): Section | undefined {
  const { logBytes, events: wanted } = shop.options
  if (!shop.hasRoomFor('reading', logBytes + wanted * EVENT_BYTES_MAX)) return undefined
  const big = new BigLog(shop, 'verified')
  const dir = shop.place('events')
  const events = Math.max(1, Math.round(wanted / EVENTS_STEP)) * EVENTS_STEP
  const replayed: Step = {
    what: `a log of ${events} order events`,
    seconds: 1 + events * 3e-6,
    run: async () => void (await measureAlone<'make-events'>({ kind: 'make-events', dir, events })),
  }
  const cells: Cell[] = [
    { what: 'verify', workers: 1, path: big.dir, runs: [] },
    { what: 'verify', workers: 2, path: big.dir, runs: [] },
    { what: 'read', workers: 1, path: dir, runs: [] },
    { what: 'replay', workers: 1, path: dir, runs: [] },
    { what: 'replay', workers: 2, path: dir, runs: [] },
  ]
  const steps = cells.map(({ what, workers, path, runs }) => ({
    what: `reading: ${what}, ${workers} workers`,
    seconds: what === 'verify' ? 1 : 1 + events * 2e-6,
    run: async () => void runs.push(await measureAlone<'reading'>({ kind: 'reading', what, path, workers })),
  }))
  return { prepare: [big.prepare, replayed], steps, figures: () => ({ reading: figuresOf(cells, events) }) }
}

function figuresOf(cells: readonly Cell[], events: number): ReadingFigure[] {
  const all = cells.filter(({ what }) => what === 'replay').flatMap(({ runs }) => runs)
  const digests = new Set(all.map(({ digest }) => digest))
  if (digests.size > 1 || all.some(({ records }) => records !== events)) {
    throw new RingwalError('ERR_RINGWAL_INTERNAL', 'replays of one log gave states that are not the same', { events })
  }
  return cells.map(({ what, workers, runs }) => ({
    what,
    workers,
    records: runs[0]!.records,
    bytes: runs[0]!.bytes,
    recordsPerSecond: spreadOf(runs, ({ records, seconds }) => records / seconds),
    GBPerSecond: spreadOf(runs, ({ bytes, seconds }) => bytes / seconds / 1e9),
    rssMiB: spreadOf(runs, ({ maxRssMiB }) => maxRssMiB),
  }))
}
