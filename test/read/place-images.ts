/** Segments that hold a place of PLACE_TABLE, as bytes: one or more for every combination of facts that bytes can have. */
import type { PlaceFacts } from '../../src/format/index.ts'
import { FRAME_LENGTH_AT, KIND_RECORD } from '../../src/format/index.ts'
import { type FrameSpec, frameOf } from '../format/segment-bytes.ts'
import { pathOf } from '../support/log-images.ts'
import { end, mark, type PageSegment, pageOf, pageSegment, record } from '../support/page-frames.ts'
import { SimulatedDisk } from '../support/simulated-disk.ts'
import { PAGE_BYTES, unreadablePages } from '../support/unreadable-pages.ts'

type Found = PlaceFacts['found']

/** What makes a segment a closed one: an end frame, the next one's header, or that there is a next one whose header is lost. */
export type Closing = 'open' | 'by its end frame' | 'by the next header' | 'by a next segment without a header'

/** A frame in whose place something else is found. */
interface Harmed {
  readonly harm: Found
  readonly of: FrameSpec
}

type Step = FrameSpec | Harmed

/** How a place comes to have its facts, whatever is found there. */
interface Layout {
  readonly facts: Omit<PlaceFacts, 'found'>
  readonly closing: Closing
  readonly found: readonly Found[]
  /** The frames, with the place among them. */
  readonly steps: (place: (of: FrameSpec) => Harmed) => readonly Step[]
}

export interface PlaceImage {
  readonly title: string
  readonly facts: PlaceFacts
  readonly closing: Closing
  /** Offset of the place in segment 1. */
  readonly offset: number
  /** LSNs of the records of segment 1 that verify and fit. */
  readonly records: readonly number[]
  /** The first of them that a torn tail before the place takes with it. */
  readonly torn: number | undefined
  readonly disk: SimulatedDisk
}

/** What can stand before anything else; and before a frame that verifies, or with nothing behind it. */
const ANYWHERE: readonly Found[] = ['check', 'length', 'cut', 'zeros', 'stray']
const BEFORE: readonly Found[] = [...ANYWHERE, 'gap']
const LAST: readonly Found[] = [...ANYWHERE, 'end']
const harmed = (harm: Found) => (of: FrameSpec) => ({ harm, of })
const torn = harmed('check')
const unreadable = harmed('unreadable')

/** Frames are named by their LSNs: the record that is not where it should be is the lowest one that is missing. */
const LAYOUTS: readonly Layout[] = [
  {
    facts: { segment: 'open', proof: 'durable', follows: 'frames', tail: 'whole' },
    closing: 'open',
    found: [...BEFORE, 'unreadable'],
    steps: (place) => [record(1), record(2), place(record(3)), record(4), mark(3)],
  },
  {
    facts: { segment: 'open', proof: 'durable', follows: 'nothing', tail: 'whole' },
    closing: 'open',
    found: ANYWHERE,
    steps: (place) => [record(1), unreadable(record(2)), record(3), place(record(4))],
  },
  {
    facts: { segment: 'open', proof: 'durable', follows: 'nothing', tail: 'whole' },
    closing: 'open',
    found: ['unreadable'],
    steps: (place) => [record(1), mark(1), place(record(2))],
  },
  {
    facts: { segment: 'open', proof: 'none', follows: 'frames', tail: 'whole' },
    closing: 'open',
    found: BEFORE,
    steps: (place) => [record(1), mark(1), record(2), place(record(3)), record(4)],
  },
  {
    facts: { segment: 'open', proof: 'none', follows: 'nothing', tail: 'whole' },
    closing: 'open',
    found: LAST,
    steps: (place) => [record(1), mark(1), record(2), place(record(3))],
  },
  {
    facts: { segment: 'open', proof: 'none', follows: 'frames', tail: 'torn before' },
    closing: 'open',
    found: BEFORE,
    steps: (place) => [record(1), mark(1), torn(record(2)), record(3), place(record(4)), record(5)],
  },
  {
    facts: { segment: 'open', proof: 'none', follows: 'nothing', tail: 'torn before' },
    closing: 'open',
    found: LAST,
    steps: (place) => [record(1), mark(1), torn(record(2)), record(3), place(record(4))],
  },
  ...(['by its end frame', 'by the next header'] as const).map(
    (closing): Layout => ({
      facts: { segment: 'closed', proof: 'durable', follows: 'frames', tail: 'whole' },
      closing,
      found: [...BEFORE, 'unreadable'],
      steps: (place) => [record(1), record(2), place(record(3)), record(4), end(4)],
    }),
  ),
  {
    facts: { segment: 'closed', proof: 'durable', follows: 'nothing', tail: 'whole' },
    closing: 'by the next header',
    found: [...LAST, 'unreadable'],
    steps: (place) => [record(1), record(2), place(record(3))],
  },
  {
    facts: { segment: 'closed', proof: 'none', follows: 'frames', tail: 'whole' },
    closing: 'by a next segment without a header',
    found: BEFORE,
    steps: (place) => [record(1), record(2), place(record(3)), record(4)],
  },
  ...(['by its end frame', 'by the next header'] as const).map(
    (closing): Layout => ({
      facts: { segment: 'closed', proof: 'none', follows: 'frames', tail: 'whole' },
      closing,
      found: ANYWHERE,
      steps: (place) => [record(1), record(2), place(mark(2)), end(2)],
    }),
  ),
  {
    facts: { segment: 'closed', proof: 'none', follows: 'nothing', tail: 'whole' },
    closing: 'by a next segment without a header',
    found: LAST,
    steps: (place) => [record(1), record(2), place(record(3))],
  },
]

/** Every image; built anew at each call. */
export function placeImages(): PlaceImage[] {
  return LAYOUTS.flatMap((layout) => layout.found.map((found) => buildImage(layout, found)))
}

function buildImage({ facts, closing, steps: layOut }: Layout, found: Found): PlaceImage {
  const steps = layOut(harmed(found)).filter((step) => !isHarmed(step) || step.harm !== 'gap')
  const whole = pageSegment(steps.map((step) => (isHarmed(step) ? step.of : step)))
  const places = layOut(harmed(found)).flatMap((step, i) => (isHarmed(step) ? [{ ...step, offset: pageOf(i) }] : []))
  const disk = new SimulatedDisk()
  const bytes = whole.bytes.slice()
  for (const place of places) harm(bytes, place, whole, facts.follows)
  disk.writeFile(pathOf(1), bytes)
  const next = successor(whole, closing)
  if (next !== undefined) disk.writeFile(pathOf(2), next)
  const bad = places.filter(({ harm }) => harm === 'unreadable').map(({ offset }) => offset)
  if (bad.length > 0) disk.faults = unreadablePages(pathOf(1), bad)
  const { offset } = places.at(-1)!
  const { segment, proof, follows, tail } = facts
  return {
    title: `${segment} (${closing}), ${found}, proof ${proof}, ${follows} follow, ${tail}`,
    facts: { ...facts, found },
    closing,
    offset,
    records: steps.flatMap((step) => (!isHarmed(step) && step.kind === KIND_RECORD ? [step.lsn] : [])),
    torn: tail === 'whole' ? undefined : places[0]!.of.lsn,
    disk,
  }
}

function isHarmed(step: Step): step is Harmed {
  return 'harm' in step
}

function harm(
  bytes: Uint8Array,
  { harm, offset }: Harmed & { offset: number },
  { header }: PageSegment,
  follows: PlaceFacts['follows'],
): void {
  const view = new DataView(bytes.buffer)
  if (harm === 'check') bytes[offset + 1000]! ^= 4
  else if (harm === 'length') view.setUint32(offset + FRAME_LENGTH_AT, header.payloadMax + 1, true)
  // More than one bit away from what it was, and a little further than the bytes reach.
  else if (harm === 'cut') view.setUint32(offset + FRAME_LENGTH_AT, bytes.length - offset + 1001, true)
  else if (harm === 'end') bytes.fill(0, offset)
  // Something is behind them: the next frame, or what is left of this one.
  else if (harm === 'zeros') bytes.fill(0, offset, offset + (follows === 'frames' ? PAGE_BYTES : PAGE_BYTES / 2))
  else if (harm === 'stray') bytes.set(frameOf(record(1), header.salt), offset)
}

/** Segment 2, with two records behind those of segment 1. */
function successor({ header, previous }: PageSegment, closing: Closing): Uint8Array | undefined {
  if (closing === 'open' || closing === 'by its end frame') return undefined
  const firstLsn = previous.lastLsn + 1
  const frames = [record(firstLsn), record(firstLsn + 1), end(firstLsn + 1)]
  const next = pageSegment(frames, { number: 2, firstLsn, previous, logId: header.logId })
  if (closing === 'by a next segment without a header') next.bytes.fill(0x55, 0, PAGE_BYTES)
  return next.bytes
}
