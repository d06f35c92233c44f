import fc from 'fast-check'
import { expect } from 'vitest'
import { RingwalError } from '../../src/errors.ts'
import {
  type ByteSource,
  createKernelMemory,
  createReferenceMemory,
  type FrameMemory,
  HEADER_PAGE_BYTES,
  type ScanSettings,
  SegmentScanner,
} from '../../src/format/index.ts'
import { anyDamage, damage } from '../support/arbitrary-damage.ts'
import { arbitraryLog, PAYLOAD_MAX } from '../support/arbitrary-log.ts'
import { holds, type Property } from '../support/property.ts'
import { settingsOf } from './properties.ts'
import { badPlaces, scanFile } from './scan-steps.ts'
import { frameOf, SALT, segmentOf } from './segment-bytes.ts'

/** A segment file, and how it is to be scanned. */
interface Scan {
  readonly file: Uint8Array
  readonly settings: ScanSettings
}

/** A segment with bits, zeros, noise and frames where they do not belong. */
const damagedSegment: fc.Arbitrary<Scan> = fc
  .tuple(arbitraryLog(6000), fc.nat(), fc.array(anyDamage('flip', 'zeros', 'noise', 'move'), { maxLength: 4 }))
  .map(([{ segments }, which, damages]) => {
    const at = which % segments.length
    const [file] = damage([segments[at]!.bytes], damages, HEADER_PAGE_BYTES)
    return { file: file!, settings: settingsOf(segments[at]!, segments[at + 1]) }
  })

/** Frames of the segment's own salt that no writer writes: any kind, any LSN, any payload, any length of noise between. */
const hostileFrame = fc
  .record({
    kind: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 255 })),
    lsn: fc.oneof(fc.nat(20), fc.maxSafeNat()),
    type: fc.nat(3),
    continuesBatch: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 100 }),
  })
  .map((spec) => frameOf(spec))
const noise = fc.uint8Array({ maxLength: 400 })
const zeros = fc.nat(300).map((length) => new Uint8Array(length))
const hostileSegment: fc.Arbitrary<Scan> = fc
  .tuple(fc.array(fc.oneof(hostileFrame, hostileFrame, noise, zeros), { maxLength: 30 }), fc.nat(30), fc.maxSafeNat())
  .map(([parts, first, lsnMax]) => {
    const file = segmentOf(...parts)
    return { file, settings: { salt: SALT, payloadMax: PAYLOAD_MAX, end: file.length, expected: first, lsnMax } }
  })

/** A memory that is made once for each size that is tried. */
const memories = new Map<string, FrameMemory>()
for (const capacity of [4096, 6000, 1 << 13, 1 << 16]) {
  memories.set(`kernel ${capacity}`, createKernelMemory(capacity))
  memories.set(`reference ${capacity}`, await createReferenceMemory(capacity))
}
const anyMemory = fc.constantFrom(...memories.keys())

export const SCANNER_PROPERTIES: readonly Property[] = [
  holds(
    'a segment scanned in pieces of any size tells the same as in one',
    150,
    fc.tuple(fc.oneof(damagedSegment, hostileSegment), anyMemory),
    ([{ file, settings }, memory]) => {
      const whole = refusedOr(() => scanFile(file, settings))
      const parts = refusedOr(() => scanFile(file, settings, memories.get(memory)))
      if (whole === 'refused' || parts === 'refused') {
        expect(parts).toBe(whole)
        return
      }
      expect(badPlaces(parts)).toEqual(badPlaces(whole))
      expect({ ...parts, steps: parts.steps.at(-1) }).toEqual({ ...whole, steps: whole.steps.at(-1) })
    },
  ),
  holds(
    'a scan of anything ends, its offsets rise without a gap, and it reads nothing outside',
    800,
    fc.tuple(fc.oneof(damagedSegment, hostileSegment), anyMemory, fc.nat(), fc.option(fc.nat())),
    ([{ file, settings }, memory, start, pace]) => {
      const from = HEADER_PAGE_BYTES + ((start % (settings.end - HEADER_PAGE_BYTES + 1)) & ~7)
      const scanner = guardedScanner(file, { ...settings, start: from, expected: 0 }, memories.get(memory)!)
      if (pace !== null) scanner.paceFrom = from + (pace % 9000)
      refusedOr(() => checkWalk(scanner, from, settings.end))
    },
  ),
]

function refusedOr<T>(scan: () => T): T | 'refused' {
  try {
    return scan()
  } catch (error) {
    if (!(error instanceof RingwalError) || error.code !== 'ERR_RINGWAL_FORMAT') throw error
    return 'refused'
  }
}

/** A scanner over a source that throws at a read of what it must not read, and gives less than it could. */
function guardedScanner(file: Uint8Array, settings: ScanSettings, memory: FrameMemory): SegmentScanner {
  const source: ByteSource = {
    read(into, at, length, position) {
      const isInside = position >= settings.start! && position + length <= settings.end && at + length <= into.length
      if (!isInside || length <= 0) throw new Error(`read of ${length} bytes at ${position}, of ${settings.end}`)
      const part = file.subarray(position, position + length)
      into.set(part, at)
      return part.length
    },
  }
  return new SegmentScanner(source, settings, memory)
}

/** Steps to the end. Each begins where the one before it ended, and takes something, but for a gap. */
function checkWalk(scanner: SegmentScanner, start: number, end: number): void {
  let offset = start
  let lowest = scanner.lowest
  let gapAt = -1
  for (;;) {
    const step = scanner.next()
    expect(step.offset).toBe(offset)
    expect(scanner.lowest).toBeGreaterThanOrEqual(lowest)
    lowest = scanner.lowest
    if (step.kind === 'end') {
      expect(step.reason === 'limit' ? end - offset : 0).toBe(0)
      return
    }
    const bytes = step.kind === 'run' ? step.to - step.from : step.bytes
    const isGap = step.kind === 'bad' && step.reason === 'gap'
    expect(isGap ? gapAt !== offset : bytes > 0).toBe(true)
    if (isGap) gapAt = offset
    offset += bytes
    expect(offset).toBeLessThanOrEqual(end)
    expect(scanner.offset).toBe(offset)
  }
}
