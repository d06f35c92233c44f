import fc from 'fast-check'
import { expect } from 'vitest'
import {
  createChecker,
  decodeHeaderPage,
  encodeHeaderPage,
  HEADER_BYTES,
  HEADER_COPY_B_AT,
  HEADER_PAGE_BYTES,
  KIND_END,
  KIND_SYNC_MARK,
  type ScanSettings,
  type SegmentHeader,
} from '../../src/format/index.ts'
import { type ArbitrarySegment, arbitraryLog, type PlacedSpec } from '../support/arbitrary-log.ts'
import { holds, type Property } from '../support/property.ts'
import { anyHeader } from './header-sample.ts'
import { badPlaces, recordsIn, type Scanned, scanBoth, scanFile } from './scan-steps.ts'

const checker = await createChecker()

/** Bytes to be put over others. */
interface Change {
  readonly at: number
  readonly bytes: Uint8Array
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  at: fc.oneof(fc.nat(), fc.nat(HEADER_PAGE_BYTES - 1), fc.integer({ min: HEADER_PAGE_BYTES, max: 8192 })),
  bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.uint8Array({ minLength: 1, maxLength: 600 })),
})

/** Where a scan of a segment of a log starts and ends, and what it may find. */
export function settingsOf({ header, bytes }: ArbitrarySegment, next?: ArbitrarySegment): ScanSettings {
  const { salt, payloadMax, firstLsn } = header
  const end = next?.header.previous.endOffset ?? bytes.length - (bytes.length % 8)
  const lsnMax = next === undefined ? {} : { lsnMax: next.header.firstLsn - 1 }
  return { salt, payloadMax, expected: firstLsn, end, ...lsnMax }
}

const anySegment = arbitraryLog().chain(({ segments }) =>
  fc
    .nat(segments.length - 1)
    .map((i) => ({ segment: segments[i]!, settings: settingsOf(segments[i]!, segments[i + 1]) })),
)

/** A segment with one change, in the header page or between there and the end of what counts. */
const changedSegment = fc.tuple(anySegment, anyChange).map(([{ segment, settings }, { at, bytes }]) => {
  const from = at % settings.end
  const put = bytes.subarray(0, settings.end - from)
  const file = segment.bytes.slice()
  file.set(put, from)
  return { segment, settings, file, from, to: from + put.length }
})

export const FORMAT_PROPERTIES: readonly Property[] = [
  holds('any log, sealed in batches, is read as it was written', 150, arbitraryLog(2000), ({ segments }) => {
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1]
      const page = segment.bytes.subarray(0, HEADER_PAGE_BYTES)
      expect(decodeHeaderPage(page, checker)).toMatchObject({ header: segment.header, restIsZero: true })
      checkWhole(segment, scanBoth(segment.bytes, settingsOf(segment, next)), next)
    }
  }),
  holds(
    'any header comes back, whatever happens to one of its copies',
    500,
    headerAndChange(),
    ({ header, change }) => {
      const page = encodeHeaderPage(header, checker)
      expect(decodeHeaderPage(page, checker)).toEqual({ header, copyA: 'good', copyB: 'good', restIsZero: true })
      const changed = page.slice()
      changed.set(change.bytes, change.at)
      const found = decodeHeaderPage(changed, checker)
      expect(found.header).toEqual(header)
      const isTold = found.copyA !== 'good' || found.copyB !== 'good' || !found.restIsZero
      expect(isTold).toBe(Buffer.compare(changed, page) !== 0)
    },
  ),
  holds('any one change costs the frames that it touches, is told, and hurts no other', 800, changedSegment, (one) => {
    const { segment, settings, file, from, to } = one
    const page = decodeHeaderPage(file.subarray(0, HEADER_PAGE_BYTES), checker)
    if (from < HEADER_PAGE_BYTES) checkPage(segment, file, page)
    if (from < HEADER_PAGE_BYTES && to > HEADER_PAGE_BYTES) return
    const scanned = scanFile(file, settings)
    const isTouched = ({ offset, bytes }: PlacedSpec) =>
      Buffer.compare(file.subarray(offset, offset + bytes), segment.bytes.subarray(offset, offset + bytes)) !== 0
    expect(scanned.records).toEqual(recordsIn(segment.frames.filter((frame) => !isTouched(frame))))
    checkTold(segment, scanned, file)
  }),
]

function headerAndChange(): fc.Arbitrary<{ header: SegmentHeader; change: Change }> {
  const start = fc.oneof(
    fc.constantFrom(0, 8, HEADER_BYTES - 8, HEADER_COPY_B_AT, HEADER_COPY_B_AT + HEADER_BYTES - 1),
    fc.nat(HEADER_PAGE_BYTES - 1),
  )
  // So short that it touches one copy at most.
  const change = fc.tuple(start, fc.uint8Array({ minLength: 1, maxLength: 1000 })).map(([at, bytes]) => {
    return { at, bytes: bytes.subarray(0, HEADER_PAGE_BYTES - at) }
  })
  return fc.record({ header: anyHeader, change })
}

/** All is there, the batches too, and the next header's word on the end of this segment is true. */
function checkWhole({ frames, end, header }: ArbitrarySegment, scanned: Scanned, next?: ArbitrarySegment): void {
  expect(scanned.records).toEqual(recordsIn(frames))
  expect(badPlaces(scanned)).toEqual([])
  const marks = frames.filter(({ kind }) => kind === KIND_SYNC_MARK || kind === KIND_END).map(({ lsn }) => lsn)
  expect(scanned.mark).toBe(Math.max(0, ...marks))
  if (next === undefined) return
  expect(scanned.steps.at(-1)).toMatchObject({ kind: 'end', offset: end })
  const { firstLsn, previous } = next.header
  expect(scanned.expected).toBe(firstLsn)
  expect(scanned.whole).toEqual({ offset: end, expected: firstLsn, check: previous.lastCheck })
  expect(header.number + 1).toBe(next.header.number)
}

/** The header is the right one or none, and a page that is not as it was is not called so. */
function checkPage(
  { header, bytes }: ArbitrarySegment,
  file: Uint8Array,
  page: ReturnType<typeof decodeHeaderPage>,
): void {
  if (page.header !== undefined) expect(page.header).toEqual(header)
  const isSame = Buffer.compare(file.subarray(0, HEADER_PAGE_BYTES), bytes.subarray(0, HEADER_PAGE_BYTES)) === 0
  const isTold = page.copyA !== 'good' || page.copyB !== 'good' || !page.restIsZero
  expect(isTold).toBe(!isSame)
}

/** Every byte that is not as it was stands in a region that is told, or behind an end frame, where nothing counts. */
function checkTold({ bytes, end }: ArbitrarySegment, { steps }: Scanned, file: Uint8Array): void {
  const last = steps.at(-1)
  const countsTo = last?.kind === 'end' && last.reason === 'sealed' ? end : file.length
  for (let at = HEADER_PAGE_BYTES; at < countsTo; at++) {
    if (file[at] === bytes[at]) continue
    const region = steps.find((step) => step.kind === 'bad' && at >= step.offset && at < step.offset + step.bytes)
    expect(region, `byte ${at}`).toBeDefined()
  }
}
