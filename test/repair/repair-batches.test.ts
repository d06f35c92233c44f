import { describe, expect, it } from 'vitest'
import { frameBytes, KIND_END, KIND_RECORD, KIND_SYNC_MARK } from '../../src/format/index.ts'
import { type FrameSpec, placesOf } from '../format/segment-bytes.ts'
import { pathOf } from '../support/log-images.ts'
import type { SimulatedDisk } from '../support/simulated-disk.ts'
import { diskOf, framesOfSegment, OUT, repairOn, segmentFile, verifyOn } from './repair-kit.ts'

const PAYLOAD = new Uint8Array(24).fill(7)
const FRAME = frameBytes(PAYLOAD.length)

/** `1 2+ 3 m3 e3`: records, with a + where the batch goes on, marks and end frames. */
function frames(text: string): FrameSpec[] {
  return text.split(' ').map((word): FrameSpec => {
    const lsn = Number(/\d+/.exec(word)![0])
    if (word.startsWith('m')) return { kind: KIND_SYNC_MARK, lsn }
    if (word.startsWith('e')) return { kind: KIND_END, lsn }
    return { kind: KIND_RECORD, lsn, payload: PAYLOAD, continuesBatch: word.endsWith('+') }
  })
}

/** One segment of these frames, some of which, by their place, are damaged. */
function harmed(text: string, ...places: readonly number[]): SimulatedDisk {
  const specs = frames(text)
  const offsets = placesOf(specs).map(({ offset }) => offset)
  const disk = diskOf(segmentFile(specs))
  for (const place of places) disk.flipBit(pathOf(1), offsets[place]! + 20, 6)
  return disk
}

async function repaired(text: string, ...places: readonly number[]): Promise<string> {
  const disk = harmed(text, ...places)
  await repairOn(disk)
  expect(verifyOn(disk, OUT)).toMatchObject({ ok: true, tornTail: null })
  return framesOfSegment(disk, 1).join(', ')
}

describe('damage in an atomic batch', () => {
  it('leaves a tombstone that goes on with the batch', async () => {
    expect(await repaired('1+ 2+ 3 4 m4 e4', 1)).toBe('record 1+, lost 2-2+, record 3, record 4, mark 4, end 4')
  })

  it('of which the end is lost joins what follows, as nobody can tell where the batch ended', async () => {
    expect(await repaired('1+ 2 3 m3 e3', 1)).toBe('record 1+, lost 2-2+, record 3, mark 3, end 3')
  })

  it('of which the beginning is lost leaves a plain tombstone', async () => {
    expect(await repaired('1+ 2+ 3 m3 e3', 0)).toBe('lost 1-1, record 2+, record 3, mark 3, end 3')
  })

  it('does not leave it open at the end of the segment', async () => {
    expect(await repaired('1+ 2+ 3 m3 e3', 1, 2)).toBe('record 1+, lost 2-3, mark 3, end 3')
    expect(await repaired('1+ 2+ 3 e3', 2)).toBe('record 1+, record 2+, lost 3-3, end 3')
  })

  it('does not leave it open before a mark that alone tells of what is lost', async () => {
    expect(await repaired('1+ 2 m2 3 4 m4 e4', 1, 3)).toBe(
      'record 1+, lost 2-2, mark 2, lost 3-3, record 4, mark 4, end 4',
    )
  })
})

describe('damage beside a batch', () => {
  it('leaves a plain tombstone', async () => {
    expect(await repaired('1 2 3+ 4 e4', 1)).toBe('record 1, lost 2-2, record 3+, record 4, end 4')
    expect(await repaired('1+ 2 3 4 e4', 2)).toBe('record 1+, record 2, lost 3-3, record 4, end 4')
  })
})

describe('marks between damaged places', () => {
  it('tell what was lost before them, once', async () => {
    expect(await repaired('1 2 m2 3 e3', 1)).toBe('record 1, lost 2-2, mark 2, record 3, end 3')
    expect(await repaired('1 2 3 m3 4 5 e5', 1, 2, 4)).toBe('record 1, lost 2-3, mark 3, lost 4-4, record 5, end 5')
  })

  it('keep no more than what stands behind them', async () => {
    expect(FRAME).toBe(64)
    expect(await repaired('1 2 m2', 1)).toBe('record 1, lost 2-2, mark 2, end 2')
  })
})
