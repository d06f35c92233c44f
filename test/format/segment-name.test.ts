import { describe, expect, it } from 'vitest'
import { parseSegmentName, segmentName } from '../../src/format/index.ts'

describe('the name of a segment', () => {
  it('is its number in 20 digits', () => {
    expect(segmentName(42)).toBe('00000000000000000042.rwal')
    expect(segmentName(Number.MAX_SAFE_INTEGER)).toBe('00009007199254740991.rwal')
  })

  it('sorts as the segments follow one another', () => {
    const names = [1, 2, 9, 10, 99, 100, 2 ** 32, Number.MAX_SAFE_INTEGER].map(segmentName)
    expect(names.toSorted()).toEqual(names)
  })

  it('gives the number back', () => {
    for (const number of [1, 9, 10, 2 ** 32, Number.MAX_SAFE_INTEGER])
      expect(parseSegmentName(segmentName(number))).toBe(number)
  })

  it.each([
    '',
    '.rwal',
    '42.rwal',
    '00000000000000000000.rwal',
    '0000000000000000042.rwal',
    '000000000000000000042.rwal',
    '00000000000000000042.RWAL',
    '00000000000000000042.rwal ',
    '00000000000000000042.rwal\n',
    '\n00000000000000000042.rwal',
    '00000000000000000042.rwal.tmp',
    '00000000000000000042-rwal',
    '../00000000000000000042.rwal',
    '00000000000000000042.rwal/..',
    '0000000000000000004２.rwal',
    '٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٤٢.rwal',
    '+0000000000000000042.rwal',
    '-0000000000000000042.rwal',
    '0x000000000000000042.rwal',
    '00000000000000000e42.rwal',
    '00009007199254740992.rwal',
    '99999999999999999999.rwal',
  ])('is not %j', (name) => {
    expect(parseSegmentName(name)).toBeUndefined()
  })
})
