import { describe, expect, it } from 'vitest'
import { createChecker, decodeHeaderPage, encodeHeaderPage, type SegmentHeader } from '../../src/format/index.ts'
import { SAMPLE_HEADER } from './header-sample.ts'

const checker = await createChecker()

/** A page as another release would write it: changed, and with checks that hold. */
function pageWith(change: (view: DataView) => void, header: SegmentHeader = SAMPLE_HEADER): Uint8Array {
  const page = encodeHeaderPage(header, checker)
  const view = new DataView(page.buffer)
  change(view)
  view.setBigUint64(120, checker.xxh64(page.subarray(0, 120)), true)
  page.copyWithin(2048, 0, 128)
  return page
}

describe('a header that this release does not know', () => {
  it.each<readonly [string, (view: DataView) => void]>([
    ['a later version', (view) => view.setUint16(8, 2, true)],
    ['version 0', (view) => view.setUint16(8, 0, true)],
    ['another header size', (view) => view.setUint16(10, 136, true)],
    ['a flag', (view) => view.setUint32(12, 1 << 31, true)],
    ['a codec setting', (view) => view.setUint32(96, 2, true)],
    ['a longer payload than the format has', (view) => view.setUint32(100, 67_108_825, true)],
    ['something in the zero field', (view) => view.setBigUint64(112, 1n, true)],
    ['segment 0', (view) => view.setBigUint64(32, 0n, true)],
    ['a first LSN of 0', (view) => view.setBigUint64(40, 0n, true)],
    ['an LSN past 2^53 - 1', (view) => view.setBigUint64(40, 1n << 53n, true)],
    ['an end offset past 2^53 - 1', (view) => view.setBigUint64(80, (1n << 64n) - 1n, true)],
  ])('is refused: %s', (_, change) => {
    const page = pageWith(change)
    expect(() => decodeHeaderPage(page, checker)).toThrow(expect.objectContaining({ code: 'ERR_RINGWAL_FORMAT' }))
  })

  it('names the version it found', () => {
    const page = pageWith((view) => view.setUint16(8, 77, true))
    expect(() => decodeHeaderPage(page, checker)).toThrow(expect.objectContaining({ version: 77, supported: 1 }))
  })

  it('is not guessed at where the check does not hold: then it is damage', () => {
    const page = pageWith((view) => view.setUint16(8, 2, true))
    page[100]! ^= 1
    page[2148]! ^= 1
    expect(decodeHeaderPage(page, checker)).toMatchObject({ header: undefined, copyA: 'bad', copyB: 'bad' })
  })
})
