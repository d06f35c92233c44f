import { describe, expect, it } from 'vitest'
import { createChecker, decodeHeaderPage, encodeHeaderPage, HEADER_COPY_B_AT } from '../../src/format/index.ts'
import { SAMPLE_HEADER } from './header-sample.ts'

const checker = await createChecker()
const good = encodeHeaderPage(SAMPLE_HEADER, checker)

function flipped(...bits: readonly number[]): Uint8Array {
  const page = good.slice()
  for (const bit of bits) page[bit >> 3]! ^= 1 << (bit & 7)
  return page
}

describe('a damaged header page', () => {
  it('is served by copy B, whichever bit of copy A is wrong', () => {
    for (let bit = 0; bit < 128 * 8; bit++) {
      const page = decodeHeaderPage(flipped(bit), checker)
      expect(page, `bit ${bit}`).toEqual({ header: SAMPLE_HEADER, copyA: 'bad', copyB: 'good', restIsZero: true })
    }
  })

  it('is served by copy A, whichever bit of copy B is wrong', () => {
    for (let bit = HEADER_COPY_B_AT * 8; bit < (HEADER_COPY_B_AT + 128) * 8; bit++) {
      const page = decodeHeaderPage(flipped(bit), checker)
      expect(page, `bit ${bit}`).toEqual({ header: SAMPLE_HEADER, copyA: 'good', copyB: 'bad', restIsZero: true })
    }
  })

  it('tells of every bit outside the copies that is not zero', () => {
    for (let byte = 128; byte < 4096; byte = byte === HEADER_COPY_B_AT - 1 ? HEADER_COPY_B_AT + 128 : byte + 1) {
      const page = decodeHeaderPage(flipped(byte * 8 + (byte & 7)), checker)
      expect(page, `byte ${byte}`).toEqual({ header: SAMPLE_HEADER, copyA: 'good', copyB: 'good', restIsZero: false })
    }
  })

  it('has no header if both copies are bad', () => {
    const page = decodeHeaderPage(flipped(300, HEADER_COPY_B_AT * 8 + 300), checker)
    expect(page).toEqual({ header: undefined, copyA: 'bad', copyB: 'bad', restIsZero: true })
  })

  it('has no header if both copies verify but differ, as after a torn write over an old header', () => {
    const older = encodeHeaderPage({ ...SAMPLE_HEADER, number: 1 }, checker)
    const page = good.slice()
    page.set(older.subarray(HEADER_COPY_B_AT), HEADER_COPY_B_AT)
    expect(decodeHeaderPage(page, checker)).toEqual({ header: undefined, copyA: 'bad', copyB: 'bad', restIsZero: true })
  })

  it('tells a sector that was never written from a damaged one', () => {
    const page = good.slice()
    page.fill(0, 0, 512)
    expect(decodeHeaderPage(page, checker)).toMatchObject({ header: SAMPLE_HEADER, copyA: 'zeros', copyB: 'good' })
    page.fill(0)
    expect(decodeHeaderPage(page, checker)).toEqual({
      header: undefined,
      copyA: 'zeros',
      copyB: 'zeros',
      restIsZero: true,
    })
  })

  it('counts the bytes behind the end of a short file as zeros', () => {
    for (const length of [0, 1, 127, 128, 2047, 2048, 2175, 2176, 4095]) {
      const { header, copyA, copyB } = decodeHeaderPage(good.subarray(0, length), checker)
      expect(header, `${length} bytes`).toEqual(length < 128 ? undefined : SAMPLE_HEADER)
      expect([copyA, copyB], `${length} bytes`).toEqual([
        length === 0 ? 'zeros' : length < 128 ? 'bad' : 'good',
        length <= 2048 ? 'zeros' : length < 2176 ? 'bad' : 'good',
      ])
    }
  })
})
