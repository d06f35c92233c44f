import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChecker, decodeHeaderPage, encodeHeaderPage } from '../../src/format/index.ts'
import { anyHeader, SAMPLE_HEADER } from './header-sample.ts'

const checker = await createChecker()

describe('a header page', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        const page = encodeHeaderPage(header, checker)
        expect(page.length).toBe(4096)
        expect(decodeHeaderPage(page, checker)).toEqual({ header, copyA: 'good', copyB: 'good', restIsZero: true })
      }),
    )
  })

  it('has the bytes that the format document draws', () => {
    const page = Buffer.from(encodeHeaderPage(SAMPLE_HEADER, checker))
    expect(page.subarray(0, 128).toString('hex').match(/.{32}/g)).toEqual([
      '895257414c0d0a1a0100800000000000',
      '00112233445566778899aabbccddeeff',
      '0200000000000000e903000000000000',
      '78563412cefaedfe0000faed51728618',
      '0300000000000000e803000000000000',
      '2800030000000000efcdab8967452301',
      '01000000000010000df0ad0befbeadde',
      '000000000000000012a47901937c1dbc',
    ])
    expect(page.subarray(2048, 2176)).toEqual(page.subarray(0, 128))
  })

  it('does not take a log id that is none', () => {
    expect(() => encodeHeaderPage({ ...SAMPLE_HEADER, logId: 'x'.repeat(32) }, checker)).toThrow(
      expect.objectContaining({ code: 'ERR_RINGWAL_INTERNAL' }),
    )
  })
})
