import { describe, expect, it } from 'vitest'
import {
  BYTES,
  COUNT,
  MB_RATE,
  percentileName,
  plural,
  quantity,
  sizeOf,
  spreadOf,
  TIME,
} from '../../bench/report/format.ts'

describe('figures as text', () => {
  it.each([
    [143.4, TIME, '143 ns'],
    [0.4567, TIME, '0.46 ns'],
    [99.96, TIME, '100 ns'],
    [1234, TIME, '1.23 µs'],
    [88_040, TIME, '88.0 µs'],
    [241e6, TIME, '241 ms'],
    [7_412_345, COUNT, '7.41 M'],
    [9999, COUNT, '9,999'],
    [10_049, COUNT, '10.0 k'],
    [385_000, COUNT, '385 k'],
    [0, COUNT, '0'],
    [2.5, COUNT, '2.50'],
    [855.2, MB_RATE, '855 MB/s'],
    [2600, MB_RATE, '2.60 GB/s'],
    [1 << 20, BYTES, '1 MiB'],
    [400_000, BYTES, '391 KiB'],
  ])('%d is written to three digits in the largest unit that it fills', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text)
  })

  it('writes a spread in the unit of its median, and once where all are the same', () => {
    expect(spreadOf({ median: 1_050, min: 980, max: 1_200_000 }, TIME)).toBe('1.05 (0.98–1,200) µs')
    expect(spreadOf({ median: 5, min: 5, max: 5 }, TIME)).toBe('5 ns')
    expect(spreadOf(null, TIME)).toBe('–')
  })

  it('writes sizes exactly', () => {
    expect([64, 249, 1000, 1024, 1536, 16_384, 2 ** 30].map(sizeOf)).toEqual([
      '64 B',
      '249 B',
      '1000 B',
      '1 KiB',
      '1536 B',
      '16 KiB',
      '1 GiB',
    ])
  })

  it('names percentiles and counts', () => {
    expect([0, 50, 99.9, 99.999, 100].map(percentileName)).toEqual(['fastest', 'p50', 'p99.9', 'p99.999', 'slowest'])
    expect([plural(1, 'worker'), plural(2, 'worker')]).toEqual(['1 worker', '2 workers'])
  })
})
